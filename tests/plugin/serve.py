"""A WordPress site with the plugin for manual use: `python -m tests.plugin.serve`."""

import sys
import tempfile
import time
from pathlib import Path

from infra.local.stack.processes import StackError
from infra.local.stack.signals import stop_on_signals
from tests.plugin.site import SiteError, wordpress

PLUGIN = Path(__file__).parents[2] / "clients/wordpress/amzlinkr"
VERSION = "6.5"
CRON_INTERVAL_SECONDS = 60


def main() -> int:
    """Serve a fresh site until the process is stopped, then delete the site."""
    stop_on_signals()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="amzlinkr-wordpress-") as folder,
            wordpress(VERSION, PLUGIN, Path(folder)) as site,
        ):
            print(f"WordPress {VERSION}  {site.url}/wp-admin/")
            print(f"User           {site.admin_user}")
            print(f"Password       {site.admin_password}")
            print("Scheduled events run once a minute. Press Ctrl-C to stop and delete the site.")
            while True:
                time.sleep(CRON_INTERVAL_SECONDS)
                site.cron()
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    except (SiteError, StackError) as exc:
        print(f"The site is not running: {exc}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
