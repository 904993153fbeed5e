"""A WordPress with the plugin, for a person to play with: `python -m tests.wordpress.serve`."""

import sys
import tempfile
import time
from pathlib import Path

from infra.local.stack.processes import StackError
from infra.local.stack.signals import stop_on_signals
from tests.wordpress.site import SiteError, wordpress

PLUGIN = Path(__file__).parents[2] / "clients/wordpress/amzlinkr"
VERSION = "6.5"


def main() -> int:
    """Serve a fresh site until someone stops it; it is gone then."""
    stop_on_signals()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="amzlinkr-wordpress-") as folder,
            wordpress(VERSION, PLUGIN, Path(folder)) as site,
        ):
            print(f"WordPress {VERSION}  {site.url}/wp-admin/")
            print(f"User           {site.admin_user}")
            print(f"Password       {site.admin_password}")
            print("Scheduled work runs once a minute. Ctrl-C stops the site, and takes it away.")
            while True:
                time.sleep(60)
                site.cron()
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    except (SiteError, StackError) as exc:
        print(f"The site is not running: {exc}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
