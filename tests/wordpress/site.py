"""Fresh WordPress sites on this machine: installed, served, asked from inside, and taken away."""

import http.client
import json
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.stack.processes import choose_port, inherited_environment, last_lines, supervised
from tests.wordpress.database import NAME, USER, database
from tests.wordpress.install import EMPTY_DATABASE, unpacked

PHP_FILES = Path(__file__).with_name("php")
WORKERS = "4"
START_SECONDS = 15.0
ANSWER_SECONDS = 120.0
ANSWER = "ANSWER"
SALTS = (
    "AUTH_KEY", "SECURE_AUTH_KEY", "LOGGED_IN_KEY", "NONCE_KEY",
    "AUTH_SALT", "SECURE_AUTH_SALT", "LOGGED_IN_SALT", "NONCE_SALT",
)  # fmt: skip
PHP = (
    "php8.2", "-d", "memory_limit=256M", "-d", "opcache.revalidate_freq=0",
    "-d", "display_errors=stderr", "-d", "log_errors=1",
)  # fmt: skip

CORES_OWN = re.compile(r"^\[.*\] PHP Deprecated:  .* in .*/wp-includes/Requests/.*\n", re.MULTILINE)
"""The HTTP library of WordPress 6.1 is older than PHP 8.1, which says so at every request."""

DUE_NOW = """
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
    """WordPress did not do what it was asked to; the message holds what it said."""


@dataclass(frozen=True)
class Answer:
    """What a site answered, and after how many seconds."""

    status: int
    body: str
    seconds: float


@dataclass(frozen=True)
class Site:
    """A running site, and what a test does to it other than by browser."""

    version: str
    url: str
    folder: Path
    admin_user: str
    admin_password: str

    @property
    def address(self) -> str:
        """Where it is served, moved or not."""
        return self.url.removeprefix("http://")

    @property
    def root(self) -> Path:
        """The folder that is served."""
        return self.folder / "www"

    def php(self, code: str, **values: object) -> Any:
        """What `code` returns, run inside WordPress with `values` as its variables.

        It comes back as JSON does: objects and arrays with keys as dictionaries.
        """
        asked = {"code": code, "values": values or {}, "host": self.address}
        printed = self.run([str(PHP_FILES / "evaluate.php"), str(self.root)], json.dumps(asked))
        answers = [line for line in printed.splitlines() if line.startswith(ANSWER)]
        if not answers:
            raise SiteError(f"The code ended early.\n{printed}\n{self.debug_log()}")
        return json.loads(answers[-1].removeprefix(ANSWER))

    def cron(self, *due: str) -> float:
        """Run the scheduled work that is due, that of the hooks `due` included; the seconds taken.

        A hook that is not scheduled at all is an error.
        """
        for hook in due:
            if not self.php(DUE_NOW, hook=hook):
                raise SiteError(f"Nothing is scheduled for {hook}")
        answer = self.get("/wp-cron.php")
        if answer.status != 200:
            raise SiteError(f"Cron ended early.\n{answer.body}\n{self.debug_log()}")
        return answer.seconds

    def get(self, path: str = "/") -> Answer:
        """What somebody without a browser and without cookies gets."""
        started = time.monotonic()
        with closing(
            http.client.HTTPConnection(self.address, timeout=ANSWER_SECONDS)
        ) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace")
        return Answer(answer.status, body, time.monotonic() - started)

    def debug_log(self) -> str:
        """What PHP and WordPress complained of so far, in the server and in `php`."""
        return CORES_OWN.sub("", _text(self.folder / "debug.log"))

    def requests(self) -> list[dict[str, str]]:
        """The HTTP requests WordPress made so far, each with `method` and `url`."""
        return [json.loads(line) for line in _text(self.folder / "requests.log").splitlines()]

    def move_to(self, url: str) -> None:
        """Change the address as one does who moves or clones a site; nothing else is told."""
        self.php("update_option( 'siteurl', $url ); update_option( 'home', $url );", url=url)

    def run(self, arguments: Sequence[str], given: str = "") -> str:
        """What a PHP program prints."""
        done = subprocess.run(
            [*PHP, *arguments],
            input=given,
            capture_output=True,
            text=True,
            env=inherited_environment(),
            check=False,
        )
        if done.returncode:
            raise SiteError(f"PHP failed.\n{done.stdout}{done.stderr}\n{self.debug_log()}")
        return done.stdout


@contextmanager
def wordpress(version: str, plugin_dir: Path | None, folder: Path) -> Iterator[Site]:
    """A fresh site that is served until the block ends; all that is of it lies in `folder`.

    The plugin is copied: who deletes it in the browser deletes the copy. It is not activated.
    """
    site = Site(
        version=version,
        url=f"http://127.0.0.1:{choose_port(None)}",
        folder=folder,
        admin_user="owner",
        admin_password=secrets.token_urlsafe(18),
    )
    _lay_out(site, plugin_dir)
    with database(EMPTY_DATABASE, folder) as socket:
        (folder / "settings.json").write_text(json.dumps(_settings(folder, socket)))
        _install(site)
        with _served(site):
            yield site


@contextmanager
def _served(site: Site) -> Iterator[None]:
    command = [*PHP, "-S", site.address, "-t", str(site.root), str(PHP_FILES / "router.php")]
    log = site.folder / "server.log"
    with supervised("PHP", command, {"PHP_CLI_SERVER_WORKERS": WORKERS}, log) as server:
        _wait_until_served(site, server, log)
        yield


def _lay_out(site: Site, plugin_dir: Path | None) -> None:
    if not unpacked(site.version).exists():
        raise SiteError("WordPress is not set up here: run `python -m tests.wordpress.install`")
    shutil.copytree(unpacked(site.version), site.root)
    content = site.root / "wp-content"
    if plugin_dir:
        shutil.copytree(plugin_dir, content / "plugins" / plugin_dir.name)
    shutil.copyfile(PHP_FILES / "wp-config.php", site.root / "wp-config.php")
    (content / "mu-plugins").mkdir()
    shutil.copyfile(PHP_FILES / "must-use.php", content / "mu-plugins/ground.php")


def _settings(folder: Path, socket: Path) -> dict[str, object]:
    return {
        "DB_NAME": NAME,
        "DB_USER": USER,
        "DB_PASSWORD": "",
        "DB_HOST": f"localhost:{socket}",
        "DB_CHARSET": "utf8mb4",
        "DB_COLLATE": "",
        "GROUND_REQUESTS": str(folder / "requests.log"),
        "WP_DEBUG": True,
        "WP_DEBUG_LOG": str(folder / "debug.log"),
        "WP_DEBUG_DISPLAY": False,
        "DISABLE_WP_CRON": True,
        "AUTOMATIC_UPDATER_DISABLED": True,
        "FS_METHOD": "direct",
        **{name: secrets.token_urlsafe(48) for name in SALTS},
    }


def _install(site: Site) -> None:
    program = str(PHP_FILES / "install.php")
    site.run([program, str(site.root), site.url, site.admin_user, site.admin_password])
    # It looked for itself, to see whether addresses without index.php work.
    (site.folder / "requests.log").unlink(missing_ok=True)


def _wait_until_served(site: Site, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            site.get("/wp-includes/images/blank.gif")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SiteError(f"The site is not served.\n{last_lines(log)}")


def _text(log: Path) -> str:
    return log.read_text(errors="replace") if log.exists() else ""
