# The commands of this project. `make` without a target lists them.
PYTHON ?= python3
PORT ?=
AMAZON_URL ?=
SERVICE_URL ?=
LIMITS ?=
CREDENTIAL_STORE ?=
UV ?= uv
PARTS ?= simulation mutation moto fuzz sample

# Version of $(PYTHON), such as 3.13; empty if it is missing or too old. Evaluated on first use, so
# that `make help` and `make clean` work without Python.
PYTHON_VERSION = $(eval PYTHON_VERSION := $$(shell $$(PYTHON) -c "import sys; \
	sys.version_info >= (3, 11) and print('%d.%d' % sys.version_info[:2] + sys.abiflags)" \
	2>/dev/null))$(PYTHON_VERSION)

# A recipe would break at the end of the first line.
define NEWLINE


endef
$(foreach name,PORT AMAZON_URL SERVICE_URL LIMITS CREDENTIAL_STORE,$(if $(findstring $(NEWLINE),$($(name))),\
	$(error $(name) must be one line)))

# Without its cache, every process compiles each module that it imports.
unexport PYTHONDONTWRITEBYTECODE

# Every interpreter version has its own environments, which this command creates when they are missing
# or outdated. Its arguments name the environments that a target needs besides `dev`.
CHECK_PYTHON = @test -n "$(PYTHON_VERSION)" || { \
		echo 'AmzLinkr needs Python 3.11 or newer, and $(PYTHON) is older or missing.' \
			'Try: make PYTHON=python3.13' >&2; exit 1; }
SET_UP = $(CHECK_PYTHON); $(PYTHON) -I infra/environments.py
ENVIRONMENTS = .venv/$(PYTHON_VERSION)
BIN = $(ENVIRONMENTS)/dev/bin
RUN = PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)

CREATORS_PEERS := amazon-creatorsapi-python-sdk python-amazon-paapi
PEERS := paapi5-python-sdk-repack $(CREATORS_PEERS)
RENDERED := .local/template.json
SBOM := .local/sbom.json
LAYER_LOCK := layers/amzlinkr/requirements.txt
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## Run the demo: one site from sign-up to deletion, against a fake Amazon
	$(SET_UP)
	@exec $(BIN)/python -m infra.local.demo

.PHONY: demo-picture
demo-picture: ## Render the picture of the demo for the README
	$(SET_UP)
	@mkdir -p .local
	FORCE_COLOR=1 COLUMNS=100 $(BIN)/python -m infra.local.demo > .local/demo.txt
	$(BIN)/python -m infra.demo_picture docs/images/demo.svg < .local/demo.txt

.PHONY: run
run: ## Start the stack and keep it running (PORT=4600, AMAZON_URL=http://… or live, LIMITS=production, CREDENTIAL_STORE=kms)
	$(SET_UP)
	@PORT="$(PORT)" AMAZON_URL="$(AMAZON_URL)" LIMITS="$(LIMITS)" CREDENTIAL_STORE="$(CREDENTIAL_STORE)" exec $(BIN)/python -m infra.local.stack

# Some tests wait, for a timeout or for the next call of an account: more processes use that time.
test test-unit: WORKERS ?= 6
# In the order of the files: unit tests come last, and their short files balance the processes.
IN_PROCESSES = --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
test-slow: WORKERS ?= 2
# The tests of the plugin wait for pages and jobs half of their time.
test-wordpress: WORKERS ?= 3

.PHONY: test
test: ## Run all tests except the slow ones (WORKERS=6 processes, ARGS=… for pytest)
	$(SET_UP) sam audit $(CREATORS_PEERS)
	$(RUN)/python -m pytest $(IN_PROCESSES) $(ARGS)

.PHONY: test-unit
test-unit: ## Run the unit and contract tests only
	$(SET_UP)
	$(RUN)/python -m pytest $(IN_PROCESSES) tests/unit tests/contract $(ARGS)

.PHONY: test-slow
test-slow: ## Run the slow tests: many seeds, mutants and requests (PARTS="simulation mutation moto fuzz sample")
	$(SET_UP) sam checkov $(CREATORS_PEERS)
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(BIN)/python -m tests.slow --workers $(WORKERS) $(PARTS) -- $(ARGS)

.PHONY: test-api
test-api: ## Test the OpenAPI document with linters, generated clients and converters (needs Debian 12, npm)
	$(SET_UP) api
	$(RUN)/python -m tests.api.install
	$(RUN)/python -m pytest -m api_tools tests/api $(ARGS)

.PHONY: collections
collections: ## Make Postman and Bruno collections (SERVICE_URL=https://…/v1; needs Debian 12, npm)
	$(SET_UP) api
	$(RUN)/python -m tests.api.install
	@$(RUN)/python -m tests.api.collections --service-url '$(subst ','\'',$(SERVICE_URL))'

.PHONY: docs
docs: ## Build docs/api.html, the reference page of the API with its guides (needs npm)
	$(CHECK_PYTHON)
	@$(PYTHON) -m infra.reference

.PHONY: test-wordpress
test-wordpress: ## Test the WordPress plugin in a browser, on sites created here (needs Debian 12, npm; WORKERS=3 processes)
	$(SET_UP)
	$(RUN)/python -m tests.plugin.install
	$(RUN)/python -m pytest -m wordpress --numprocesses $(WORKERS) --dist worksteal tests/plugin tests/mutation/test_plugin_mutants.py $(ARGS)

.PHONY: lint-php
lint-php: ## Check the style of the plugin's PHP (needs Debian's php-codesniffer)
	phpcs --standard=clients/wordpress/phpcs.ci.xml

.PHONY: wordpress
wordpress: ## Serve a WordPress site with the plugin, next to `make run` (needs Debian 12)
	$(SET_UP)
	$(RUN)/python -m tests.plugin.install
	@exec $(BIN)/python -m tests.plugin.serve

.PHONY: plugin
plugin: ## Make the zip to install in WordPress (SERVICE_URL=https://…/v1 fills in the service URL)
	$(CHECK_PYTHON)
	@$(PYTHON) -m infra.plugin_archive --service-url '$(subst ','\'',$(SERVICE_URL))'

.PHONY: translations
translations: ## Update the translations of the plugin (needs gettext)
	$(PYTHON) clients/wordpress/translations.py

.PHONY: bench
bench: ## Measure speed against a lower bound and against clients from PyPI
	$(SET_UP) $(PEERS)
	@exec $(BIN)/python -m tests.bench $(ARGS)

.PHONY: lint
lint: ## Check style, types, import directions and the template
	$(SET_UP) sam checkov
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/cfn-lint template.yaml infra/observability.yaml infra/bootstrap.yaml
	SAM_CLI_TELEMETRY=0 $(ENVIRONMENTS)/sam/bin/sam validate --lint --template template.yaml --region us-east-1
	@mkdir -p $(dir $(RENDERED))
	$(RUN)/python -m infra.local.stack.transform > $(RENDERED)
	$(RUN)/cfn-lint --ignore-checks W -- $(RENDERED)
	$(ENVIRONMENTS)/checkov/bin/checkov --config-file infra/checkov.yaml --file $(RENDERED) infra/observability.yaml infra/bootstrap.yaml

.PHONY: audit
audit: ## Audit the lock files and search the repository for secrets (needs the package index)
	$(SET_UP) audit
	$(RUN)/python -m infra.audit

.PHONY: sbom
sbom: ## Write the software bill of materials of the layer (CycloneDX)
	$(SET_UP) audit
	@mkdir -p $(dir $(SBOM))
	$(ENVIRONMENTS)/audit/bin/cyclonedx-py requirements --output-reproducible --spec-version 1.6 --output-format JSON --output-file $(SBOM) $(LAYER_LOCK)

.PHONY: lock
lock: ## Update the lock files to the newest versions (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	$(COMPILE) --upgrade pyproject.toml --group dev --output-file requirements/dev.txt
	$(COMPILE) --upgrade pyproject.toml --constraint requirements/dev.txt --output-file $(LAYER_LOCK)
	$(COMPILE) --upgrade --group api --output-file requirements/api.txt
	$(COMPILE) --upgrade --group audit --output-file requirements/audit.txt
	$(COMPILE) --upgrade --group sam --output-file requirements/sam.txt
	$(COMPILE) --upgrade --group checkov --output-file requirements/checkov.txt
	for peer in $(PEERS); do \
		$(COMPILE) --upgrade tests/bench/peers/$$peer.in --output-file tests/bench/peers/$$peer.txt || exit 1; done

.PHONY: clean
clean: ## Remove everything that make created
	rm -rf .venv .local .wordpress .aws-sam .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache docs/api.html
	find clients functions infra layers tests -name __pycache__ -prune -exec rm -rf {} +
