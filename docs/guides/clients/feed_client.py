"""Client of the change feed: each run updates a file and prints what may be shown now.

AMZLINKR_URL=https://…/v1 AMZLINKR_KEY=amzl_… python feed_client.py store.json
"""

import json
import os
import sys
import time
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

DAY = 24 * 60 * 60
OFFER = ["price", "list_price", "list_price_kind", "list_price_label", "savings_percent"]
OFFER += ["unit_price", "deal"]
NAMES = ["name", "marketplace", "asin", "url"]
FILE = Path(sys.argv[1])
# `seen` has the keys of all entries since the client started again, otherwise it is null.
store = {"cursor": "", "seen": None, "checked_at": {}, "records": {}, "wait_until": 0}
if FILE.exists():
    store = json.loads(FILE.read_text())
records = store["records"]  # products and lists


def get(path, **query):
    url = f"{os.environ['AMZLINKR_URL']}{path}?{urlencode(query)}"
    headers = {"Authorization": f"Bearer {os.environ['AMZLINKR_KEY']}"}
    with urlopen(Request(url, headers=headers), timeout=30) as response:
        return json.load(response)


def save():
    # In one step: a file with a cursor has all entries before it.
    new = FILE.with_suffix(".new")
    new.write_text(json.dumps(store))
    new.replace(FILE)


def is_past(time_text, seconds=0):
    return datetime.fromisoformat(time_text).timestamp() + seconds <= time.time()


def key_of(record):
    return f"{record['marketplace']} {record['asin']}" if "asin" in record else record["name"]


def shown(record):
    """Return what may be shown of a product or list now."""
    if "fresh_until" in record and is_past(record["fresh_until"]):
        checked_at = store["checked_at"].get(record["marketplace"])
        if not checked_at or is_past(checked_at, DAY) or record.get("items") == []:
            kept = {name: record[name] for name in NAMES if name in record}
            return kept | ({"items": []} if "name" in record else {"price_status": "expired"})
    if "items" in record:
        return record | {"items": [without_ended_deal(product) for product in record["items"]]}
    return without_ended_deal(record)


def without_ended_deal(product):
    ends_at = product.get("deal", {}).get("ends_at")
    if ends_at is None or not is_past(ends_at):
        return product
    kept = {name: value for name, value in product.items() if name not in OFFER}
    return kept | {"price_status": "hidden"}


def delete_old_content():
    for key, record in records.items():
        if "fresh_until" in record and "fresh_until" not in shown(record):
            records[key] = shown(record)


def apply(page):
    for change in page["changes"]:
        record = change.get("product") or change.get("list")
        if change["kind"] in ("removed", "list_removed"):
            records.pop(key_of(record or change), None)
        elif record:
            records[key_of(record)] = record
            if store["seen"] is not None:
                store["seen"].append(key_of(record))


def update_links(connections):
    for record in records.values():
        if "asin" in record and "fresh_until" not in record:
            connection = connections.get(record["marketplace"])
            link = f"https://{urlsplit(record['url']).hostname}/dp/{record['asin']}"
            record["url"] = f"{link}?tag={connection['partner_tag']}" if connection else link


def read_feed():
    has_more = True
    while has_more:
        try:
            page = get("/changes", cursor=store["cursor"])
        except HTTPError as error:
            if error.code not in (400, 410) or not store["cursor"]:
                raise
            store["cursor"] = ""  # start again
            continue
        if not store["cursor"]:
            store["seen"] = []
        delete_old_content()
        apply(page)
        update_links(page["connections"])
        store["cursor"], has_more = page["next_cursor"], page["has_more"]
        if not has_more:
            store["checked_at"] = page["checked_at"]
            for key in records.keys() - store["seen"] if store["seen"] is not None else ():
                del records[key]
            store["seen"] = None
        save()


def read_withheld():
    for code, checked_at in store["checked_at"].items():
        if is_past(checked_at, DAY):
            continue
        here = [record for record in records.values() if record["marketplace"] == code]
        asins = [r["asin"] for r in here if r.get("price_status") == "expired"]
        for batch in (asins[start : start + 100] for start in range(0, len(asins), 100)):
            page = get("/products", marketplace=code, asins=",".join(batch))
            for asin in batch:
                del records[f"{code} {asin}"]
            records.update({key_of(product): product for product in page["products"]})
        for name in [r["name"] for r in here if "name" in r and "fresh_until" not in r]:
            try:
                records[name] = get(f"/lists/{name}")
            except HTTPError as error:
                if error.code != 404:
                    raise
                del records[name]
    save()


try:
    if store["wait_until"] <= time.time():
        read_feed()
        read_withheld()
except HTTPError as error:
    store["wait_until"] = time.time() + int(error.headers.get("Retry-After", 0))
    save()
    print(error.read().decode(), file=sys.stderr)
except (OSError, HTTPException, ValueError) as error:  # no complete response
    print(error, file=sys.stderr)
print(json.dumps([shown(records[key]) for key in sorted(records)]))
