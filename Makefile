# The commands of this project. `make` alone lists them.
PYTHON ?= python3
PORT ?=
AMAZON_URL ?=
UV ?= uv
WORKERS ?= 2

VENV := .venv
VENV_SAM := .venv-sam
VENV_CHECKOV := .venv-checkov
VENV_PEERS := .venv-bench
RUN := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin
READY := $(VENV)/.ready
SAM_READY := $(VENV_SAM)/.ready
CHECKOV_READY := $(VENV_CHECKOV)/.ready
RENDERED := .local/template.json
CREATORS_PEERS := amazon-creatorsapi-python-sdk python-amazon-paapi
PEERS := paapi5-python-sdk-repack $(CREATORS_PEERS)
PEERS_READY := $(PEERS:%=$(VENV_PEERS)/%/.ready)
CREATORS_PEERS_READY := $(CREATORS_PEERS:%=$(VENV_PEERS)/%/.ready)
LAYER_LOCK := layers/amzlinkr/requirements.txt
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: $(READY) ## Play the whole story against a fake Amazon
	@exec $(VENV)/bin/python -m infra.local.demo

.PHONY: run
run: $(READY) ## Start the stack and keep it running (PORT=4600, AMAZON_URL=http://… or live)
	@PORT="$(PORT)" AMAZON_URL="$(AMAZON_URL)" exec $(VENV)/bin/python -m infra.local.stack

.PHONY: test
test: $(READY) $(SAM_READY) $(CREATORS_PEERS_READY) ## Run all tests (WORKERS=2 at a time)
	$(RUN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

.PHONY: prove
prove: $(READY) $(SAM_READY) $(CHECKOV_READY) ## Run the long proofs: many seeds, many requests
	$(RUN)/python -m pytest -m prove $(ARGS)

.PHONY: test-wordpress
test-wordpress: $(READY) ## Try the WordPress plugin in a browser, on sites set up here (needs Debian 12, npm)
	$(RUN)/python -m tests.plugin.install
	$(RUN)/python -m pytest -m wordpress tests/plugin $(ARGS)

.PHONY: lint-php
lint-php: ## Check the style of the plugin's PHP (needs Debian's php-codesniffer)
	phpcs --standard=clients/wordpress/phpcs.ci.xml

.PHONY: wordpress
wordpress: $(READY) ## Serve a WordPress with the plugin, beside `make run` (needs Debian 12)
	$(RUN)/python -m tests.plugin.install
	@exec $(VENV)/bin/python -m tests.plugin.serve

.PHONY: translations
translations: ## Bring the plugin's translations up to date (needs gettext)
	$(PYTHON) clients/wordpress/translations.py

.PHONY: bench
bench: $(READY) $(PEERS_READY) ## Measure speed against the floor and against peers from PyPI
	@exec $(VENV)/bin/python -m tests.bench

.PHONY: lint
lint: $(READY) $(SAM_READY) $(CHECKOV_READY) ## Check style, types, import direction and the template
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/cfn-lint template.yaml
	SAM_CLI_TELEMETRY=0 $(VENV_SAM)/bin/sam validate --lint --template template.yaml --region us-east-1
	@mkdir -p $(dir $(RENDERED))
	$(RUN)/python -m infra.local.transform > $(RENDERED)
	$(VENV_CHECKOV)/bin/checkov --config-file infra/checkov.yaml --file $(RENDERED)

.PHONY: lock
lock: ## Resolve the dependencies anew (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	$(COMPILE) --upgrade pyproject.toml --group dev --output-file requirements-dev.txt
	$(COMPILE) --upgrade pyproject.toml --constraint requirements-dev.txt --output-file $(LAYER_LOCK)
	$(COMPILE) --upgrade --group sam --output-file requirements-sam.txt
	$(COMPILE) --upgrade --group checkov --output-file requirements-checkov.txt
	for peer in $(PEERS); do \
		$(COMPILE) --upgrade tests/bench/peers/$$peer.in --output-file tests/bench/peers/$$peer.txt || exit 1; done

.PHONY: clean
clean: ## Remove everything that make created
	rm -rf $(VENV) $(VENV_SAM) $(VENV_CHECKOV) $(VENV_PEERS) .local .wordpress .aws-sam .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find functions infra layers tests -name __pycache__ -prune -exec rm -rf {} +

# The package is found by two paths rather than installed: it is a Lambda layer, not a distribution.
$(READY): requirements-dev.txt Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "AmzLinkr needs Python 3.11 or newer, and $(PYTHON) is older or missing. Try: make PYTHON=python3.13"; exit 1; }
	@echo "Setting up $(VENV) (once)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements-dev.txt
	@printf '%s\n' "$(CURDIR)/layers/amzlinkr" "$(CURDIR)" \
		> "$$($(VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/amzlinkr.pth"
	@touch $@

# The SAM CLI and checkov pin versions that the project's own tools do not get along with.
$(SAM_READY) $(CHECKOV_READY): .venv-%/.ready: requirements-%.txt $(READY)
	@echo "Setting up $(@D) (once)"
	@rm -rf $(@D)
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes -r $<
	@touch $@

# Other people's clients of Amazon, each with the versions it wants: compared in `make bench`, and
# those of the Creators API also let loose on the fake Amazon in `make test`.
$(VENV_PEERS)/%/.ready: tests/bench/peers/%.txt $(READY)
	@echo "Setting up $(@D) (once)"
	@rm -rf $(@D)
	@$(PYTHON) -m venv --without-pip $(@D)
	@$(VENV)/bin/python -m pip --python $(@D)/bin/python install -qq --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@
