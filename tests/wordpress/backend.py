"""The service with its Amazon beside the sites, and what befalls them while nobody looks."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import boto3

from infra.local.client import Amazon, Reply, Scheduler, Service
from infra.local.emulator import connection
from infra.local.joining import KEYS
from infra.local.stack import Stack
from tests.wordpress.site import Site

PATIENCE_SECONDS = 40.0
HOUR_MS = 3_600_000

OLDER_ROWS = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
$wpdb->query( "UPDATE $table SET seen_at = seen_at - $seconds WHERE seen_at > 0" );
$kept = get_option( 'amzlinkr_checked' );
foreach ( $kept['checked_at'] ?? array() as $code => $time ) {
    $kept['checked_at'][ $code ] = gmdate( 'Y-m-d\\TH:i:s\\Z', strtotime( $time ) - $seconds );
}
update_option( 'amzlinkr_checked', $kept );
"""


CONNECT = """
$done = AmzLinkr\\SignUp\\connect( $url, 'owner@example.com', '' );
return is_wp_error( $done ) ? $done->get_error_message() : $done;
"""
USE_KEY = (
    "update_option( AmzLinkr\\Connection\\API_KEY_OPTION, AmzLinkr\\Connection\\encrypt( $api_key ) );"
)


@dataclass(frozen=True)
class Backend:
    """A running stack, and the two that act on it unasked: Amazon and the schedule."""

    stack: Stack

    @property
    def url(self) -> str:
        """What an owner types as the service URL."""
        return self.stack.api_url

    @property
    def amazon(self) -> Amazon:
        """Its fake Amazon's control."""
        return Amazon(self.stack.amazon_url)

    def service_of(self, site: Site) -> Service:
        """The service as the site's plugin calls it, with its key."""
        service = Service(self.url)
        service.api_key = site.php("return AmzLinkr\\Connection\\get_api_key();")
        return service

    def join(self, site: Site, *, sandbox: bool = False) -> Service:
        """Do for the site, without a browser, all up to working keys; in the sandbox if wanted."""
        site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
        assert site.php(CONNECT, url=self.url) is True
        service = self.service_of(site)
        if sandbox:
            service.api_key = service.call("POST", "/keys", {"mode": "test"}).json["api_key"]
            site.php(USE_KEY, api_key=service.api_key)
        assert service.call("POST", "/validate", KEYS).json["status"] == "valid"
        site.php("AmzLinkr\\Accounts\\refresh();")
        return service

    @staticmethod
    def finish(service: Service, job: Reply) -> None:
        """Wait until an import's job has ended."""
        path = job.json["status_url"]
        eventually(
            lambda: service.call("GET", path).json["status"] == "done", "The import does not end"
        )

    def plan(self) -> None:
        """What the schedule does every few minutes."""
        Scheduler(self.stack.aws_endpoint, self.stack.functions["PriceSyncFunction"]).fire()

    def check_prices(self, site: Site) -> None:
        """Let the service ask Amazon for every price of the site, and wait until it has."""
        service = self.service_of(site)
        asked_at = service.call("POST", "/sync").json["last_run_at"]
        self.plan()

        def is_checked() -> bool:
            times = service.call("GET", "/changes").json["checked_at"]
            return bool(times) and min(times.values()) > asked_at

        eventually(is_checked, "The service has not checked the prices")

    def grow_older(self, site: Site, hours: int) -> None:
        """Move every time at which a product was seen back, in the service and on the site."""
        site.php(OLDER_ROWS, seconds=hours * 3600)
        tables = boto3.client("dynamodb", **connection(self.stack.aws_endpoint))
        (shelves,) = [name for name in tables.list_tables()["TableNames"] if "Shelves" in name]
        for item in tables.scan(TableName=shelves)["Items"]:
            for field in ("observed_at", "due_at"):
                item[field]["N"] = str(int(item[field]["N"]) - hours * HOUR_MS)
            slots = [
                (asin, fingerprint, seen and seen - hours * HOUR_MS)
                for asin, fingerprint, seen in json.loads(item["slots"]["S"])
            ]
            item["slots"]["S"] = json.dumps(slots)
            tables.put_item(TableName=shelves, Item=item)


def eventually(holds: Callable[[], bool], otherwise: str) -> None:
    """Wait until it holds; what to say if it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.2)
