"""The local service with its fake Amazon, and control over its schedule and clock."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from infra.local.stack.client import FakeAmazonControl, Scheduler, ServiceClient, ServiceResponse
from infra.local.stack.emulator import client_options
from infra.local.stack.stack import Stack
from tests.plugin.list_bodies import AGE_LISTS
from tests.plugin.site import Site

MAX_WAIT_SECONDS = 40.0
HOUR_MS = 3_600_000

AGE_PRODUCTS = """
global $wpdb;
$table = AmzLinkr\\Products\\get_table_name();
$wpdb->query( "UPDATE $table SET seen_at = seen_at - $seconds WHERE seen_at > 0" );
"""


CONNECT = """
$result = AmzLinkr\\SignUp\\connect( $url, 'owner@example.com', '' );
return is_wp_error( $result ) ? $result->get_error_message() : $result;
"""
USE_API_KEY = """
update_option( AmzLinkr\\Connection\\API_KEY_OPTION, AmzLinkr\\Connection\\encrypt( $api_key ) );
"""


@dataclass(frozen=True)
class Backend:
    """A running stack: the service, its fake Amazon, and its scheduler."""

    stack: Stack

    @property
    def url(self) -> str:
        """Return the service URL that an owner enters."""
        return self.stack.api_url

    @property
    def amazon(self) -> FakeAmazonControl:
        """Return the control interface of the fake Amazon."""
        return FakeAmazonControl(self.stack.amazon_url)

    def service_of(self, site: Site) -> ServiceClient:
        """Return a client of the service with the site's API key."""
        service = ServiceClient(self.url)
        service.api_key = site.php("return AmzLinkr\\Connection\\get_api_key();")
        return service

    def join(self, site: Site, *, sandbox: bool = False) -> ServiceClient:
        """Activate the plugin, connect the site, and save valid keys, without a browser."""
        site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
        assert site.php(CONNECT, url=self.url) is True
        service = self.service_of(site)
        if sandbox:
            service.api_key = service.call("POST", "/keys", {"mode": "test"}).json["api_key"]
            site.php(USE_API_KEY, api_key=service.api_key)
        assert service.call("POST", "/validate", CREATORS_CREDENTIALS).json["status"] == "valid"
        site.php("AmzLinkr\\Accounts\\refresh();")
        return service

    @staticmethod
    def finish(service: ServiceClient, job: ServiceResponse) -> None:
        """Wait until an import job is done."""
        path = job.json["status_url"]
        wait_until(
            lambda: service.call("GET", path).json["status"] == "done",
            "The import job did not finish",
        )

    def run_price_sync(self) -> None:
        """Invoke the scheduled price sync function."""
        Scheduler(self.stack.aws_endpoint, self.stack.functions["PriceSyncFunction"]).trigger()

    def refresh_prices(self, site: Site, seen: Sequence[str] = ()) -> None:
        """Make the service refresh all prices of the site and wait until it is done.

        Amazon may omit a product: then wait until it has returned the products `seen`.
        """
        service = self.service_of(site)
        # A site of which all products wait has had no run.
        requested_at = service.call("POST", "/sync").json.get("last_run_at") or ""
        self.run_price_sync()

        def is_checked() -> bool:
            if seen:
                found = service.call("GET", "/products").json["products"]
                times = {each["asin"]: each.get("observed_at") or "" for each in found}
                return all(times[asin] > requested_at for asin in seen)
            checked_at = service.call("GET", "/changes").json["checked_at"]
            return bool(checked_at) and min(checked_at.values()) > requested_at

        wait_until(is_checked, "The service did not refresh the prices")

    def age_products(self, site: Site, hours: int) -> None:
        """Move the time at which each product and list was seen back, in service and site."""
        site.php(AGE_PRODUCTS + AGE_LISTS, seconds=hours * 3600)
        tables, shelves = self._open_table("Shelves")
        site_id = self.service_of(site).call("GET", "/site").json["site_id"]
        for item in tables.scan(TableName=shelves)["Items"]:
            # Shelves of the sites of earlier tests would be refreshed too, one call per second.
            if site_id not in item["pk"]["S"]:
                continue
            for field in ("observed_at", "due_at"):
                item[field]["N"] = str(int(item[field]["N"]) - hours * HOUR_MS)
            slots = [
                (asin, fingerprint, seen and seen - hours * HOUR_MS, *omissions)
                for asin, fingerprint, seen, *omissions in json.loads(item["slots"]["S"])
            ]
            item["slots"]["S"] = json.dumps(slots)
            tables.put_item(TableName=shelves, Item=item)

    def make_probes_due(self, site: Site) -> None:
        """Move the next probe of each account of the site that is down to the past."""
        tables, sites = self._open_table("Sites")
        site_id = self.service_of(site).call("GET", "/site").json["site_id"]
        for item in tables.scan(TableName=sites)["Items"]:
            stored = json.loads(item["connection"]["S"]) if "connection" in item else {}
            if site_id in item["pk"]["S"] and stored.get("next_probe_at"):
                stored["next_probe_at"] = stored["since"]
                item["connection"]["S"] = json.dumps(stored)
                tables.put_item(TableName=sites, Item=item)

    def _open_table(self, part: str) -> tuple[Any, str]:
        """Return a client and the name of the table that contains `part` in its name."""
        tables = boto3.client("dynamodb", **client_options(self.stack.aws_endpoint))
        (name,) = [name for name in tables.list_tables()["TableNames"] if part in name]
        return tables, name


def wait_until(condition: Callable[[], bool], message: str) -> None:
    """Wait until the condition is true; fail with `message` after `MAX_WAIT_SECONDS`."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, message
        time.sleep(0.2)
