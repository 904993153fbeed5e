"""Fresh WordPress sites on this machine: installation, web server, PHP calls, and cron runs."""

import http.client
import json
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.stack.processes import choose_port, inherited_environment, last_lines, supervised
from tests.plugin.database import NAME, USER, database
from tests.plugin.install import EMPTY_DATABASE, wordpress_source

PHP_FILES = Path(__file__).with_name("php")
PHP_WORKERS = "4"
MAX_START_SECONDS = 15.0
MAX_RESPONSE_SECONDS = 120.0
RESULT_PREFIX = "RESULT"
SALTS = (
    "AUTH_KEY", "SECURE_AUTH_KEY", "LOGGED_IN_KEY", "NONCE_KEY",
    "AUTH_SALT", "SECURE_AUTH_SALT", "LOGGED_IN_SALT", "NONCE_SALT",
)  # fmt: skip
PHP = (
    "php8.2", "-d", "memory_limit=256M", "-d", "opcache.revalidate_freq=0",
    "-d", "display_errors=stderr", "-d", "log_errors=1",
)  # fmt: skip

CORE_DEPRECATIONS = re.compile(
    r"^\[.*\] PHP Deprecated:  .* in .*/wp-includes/(?:Requests/.*|ms-functions\.php on .*)\n",
    re.MULTILINE,
)
"""Log lines to ignore: these files of WordPress predate PHP 8.1."""

MAKE_DUE = """
$found  = 0;
$events = _get_cron_array();
foreach ( $events as $time => $hooks ) {
    if ( isset( $hooks[ $hook ] ) ) {
        unset( $events[ $time ][ $hook ] );
        $events[ min( $time, time() - 1 ) ][ $hook ] = $hooks[ $hook ];
        $found++;
    }
}
ksort( $events );
_set_cron_array( array_filter( $events ) );
return $found;
"""


class SiteError(Exception):
    """WordPress or PHP failed. The message contains its output and the debug log."""


@dataclass(frozen=True)
class Response:
    """An HTTP response of a site and its duration in seconds."""

    status: int
    body: str
    seconds: float


@dataclass(frozen=True)
class Site:
    """A running WordPress site with access to its PHP, cron, and logs."""

    version: str
    url: str
    folder: Path
    admin_user: str
    admin_password: str = field(repr=False)

    @property
    def address(self) -> str:
        """Return the host and port of the web server, also after the site URL has changed."""
        return self.url.removeprefix("http://")

    @property
    def root(self) -> Path:
        """Return the document root."""
        return self.folder / "www"

    def php(self, code: str, **values: object) -> Any:
        """Run PHP code inside WordPress with `values` as its variables and return its result.

        The result is decoded from JSON: PHP objects and keyed arrays become dictionaries.

        Raises:
            SiteError: The code failed or exited before it returned.
        """
        payload = {"code": code, "values": values or {}, "host": self.address}
        output = self.run([str(PHP_FILES / "evaluate.php"), str(self.root)], json.dumps(payload))
        results = [line for line in output.splitlines() if line.startswith(RESULT_PREFIX)]
        if not results:
            raise SiteError(f"The code exited early.\n{output}\n{self.debug_log()}")
        return json.loads(results[-1].removeprefix(RESULT_PREFIX))

    def cron(self, *hooks: str) -> float:
        """Make the events of `hooks` due, run all due events, and return the duration in seconds.

        Raises:
            SiteError: A hook has no scheduled event, or the cron run failed.
        """
        for hook in hooks:
            if not self.php(MAKE_DUE, hook=hook):
                raise SiteError(f"Nothing is scheduled for {hook}")
        response = self.get("/wp-cron.php")
        if response.status != 200:
            raise SiteError(f"Cron failed.\n{response.body}\n{self.debug_log()}")
        return response.seconds

    def get(self, path: str = "/") -> Response:
        """Request a path without cookies and return the response."""
        started = time.monotonic()
        with closing(
            http.client.HTTPConnection(self.address, timeout=MAX_RESPONSE_SECONDS)
        ) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read().decode(errors="replace")
        return Response(response.status, body, time.monotonic() - started)

    def debug_log(self) -> str:
        """Return the errors and warnings that PHP and WordPress have logged so far."""
        return CORE_DEPRECATIONS.sub("", _read_log(self.folder / "debug.log"))

    def requests(self) -> list[dict[str, str]]:
        """Return the HTTP requests that WordPress has sent so far, each with `method` and `url`."""
        return [json.loads(line) for line in _read_log(self.folder / "requests.log").splitlines()]

    def mails(self) -> list[dict[str, Any]]:
        """Return the arguments of each wp_mail() so far: `to`, `subject`, `message` and others."""
        return [json.loads(line) for line in _read_log(self.folder / "mails.log").splitlines()]

    def define(self, **constants: object) -> None:
        """Define constants in wp-config.php, or change them; None removes one."""
        file = self.folder / "settings.json"
        settings = json.loads(file.read_text()) | constants
        kept = {name: value for name, value in settings.items() if value is not None}
        file.write_text(json.dumps(kept))

    def move_to(self, url: str) -> None:
        """Change the site URL the way a move or a clone does."""
        self.php("update_option( 'siteurl', $url ); update_option( 'home', $url );", url=url)

    def run(self, arguments: Sequence[str], stdin: str = "") -> str:
        """Run a PHP program and return its output.

        Raises:
            SiteError: The program exited with an error.
        """
        result = subprocess.run(
            [*PHP, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=inherited_environment(),
            check=False,
        )
        if result.returncode:
            raise SiteError(f"PHP failed.\n{result.stdout}{result.stderr}\n{self.debug_log()}")
        return result.stdout


@contextmanager
def wordpress(version: str, plugin_dir: Path | None, folder: Path) -> Iterator[Site]:
    """Install a site in `folder` and serve it for the duration of the block.

    The plugin is copied, so that a test can delete it in the browser. It is not activated.
    """
    site = Site(
        version=version,
        url=f"http://127.0.0.1:{choose_port(None)}",
        folder=folder,
        admin_user="owner",
        admin_password=secrets.token_urlsafe(18),
    )
    _copy_files(site, plugin_dir)
    with database(EMPTY_DATABASE, folder) as socket:
        (folder / "settings.json").write_text(json.dumps(_settings(folder, socket)))
        _install(site)
        with _web_server(site):
            yield site


@contextmanager
def _web_server(site: Site) -> Iterator[None]:
    command = [*PHP, "-S", site.address, "-t", str(site.root), str(PHP_FILES / "router.php")]
    log = site.folder / "server.log"
    with supervised("PHP", command, {"PHP_CLI_SERVER_WORKERS": PHP_WORKERS}, log) as server:
        _wait_until_served(site, server, log)
        yield


def _copy_files(site: Site, plugin_dir: Path | None) -> None:
    source = wordpress_source(site.version)
    if not source.exists():
        raise SiteError("WordPress is not installed. Run `python -m tests.plugin.install`.")
    # Links are faster. WordPress replaces its own files when it changes them.
    shutil.copytree(source, site.root, copy_function=_link_or_copy)
    content = site.root / "wp-content"
    if plugin_dir:
        shutil.copytree(plugin_dir, content / "plugins" / plugin_dir.name)
    (site.root / "wp-config.php").unlink(missing_ok=True)
    shutil.copyfile(PHP_FILES / "wp-config.php", site.root / "wp-config.php")
    (content / "mu-plugins").mkdir()
    shutil.copyfile(PHP_FILES / "mu-plugin.php", content / "mu-plugins/test-site.php")


def _link_or_copy(source: str, to: str) -> None:
    try:
        os.link(source, to)
    except OSError:  # hard links require the same file system
        shutil.copy2(source, to)


def _settings(folder: Path, socket: Path) -> dict[str, object]:
    return {
        "DB_NAME": NAME,
        "DB_USER": USER,
        "DB_PASSWORD": "",
        "DB_HOST": f"localhost:{socket}",
        "DB_CHARSET": "utf8mb4",
        "DB_COLLATE": "",
        "TEST_REQUEST_LOG": str(folder / "requests.log"),
        "TEST_MAIL_LOG": str(folder / "mails.log"),
        "WP_DEBUG": True,
        "WP_DEBUG_LOG": str(folder / "debug.log"),
        "WP_DEBUG_DISPLAY": False,
        "DISABLE_WP_CRON": True,
        "AUTOMATIC_UPDATER_DISABLED": True,
        "FS_METHOD": "direct",
        # The service of the tests is on this machine, which is refused on other sites.
        "WP_ENVIRONMENT_TYPE": "local",
        **{name: secrets.token_urlsafe(48) for name in SALTS},
    }


def _install(site: Site) -> None:
    program = str(PHP_FILES / "install.php")
    site.run([program, str(site.root), site.url, site.admin_user, site.admin_password])
    # The installer requested the site to test its URL rewriting, and sent an e-mail about the site.
    for log in ("requests.log", "mails.log"):
        (site.folder / log).unlink(missing_ok=True)


def _wait_until_served(site: Site, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + MAX_START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            site.get("/wp-includes/images/blank.gif")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SiteError(f"The web server did not start.\n{last_lines(log)}")


def _read_log(log: Path) -> str:
    return log.read_text(errors="replace") if log.exists() else ""
