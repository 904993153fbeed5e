"""Flaws of the documented clients: each removes a rule of the feed, and a test must fail.

A flaw replaces a text of a client by another one, in each language.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.feed_clients import reading_rules as reading
from tests.feed_clients import showing_rules as showing
from tests.feed_clients.clients import FeedClient
from tests.feed_clients.scripted_service import ScriptedService

Rule = Callable[[FeedClient, ScriptedService], None]
Change = tuple[str, str]


@dataclass(frozen=True)
class Flaw:
    """A rule that is removed, and its text in each language with the one that replaces it."""

    rule: Rule
    python: Change
    php: Change
    javascript: Change

    def change(self, suffix: str) -> Change:
        """Return the change in the language of a file."""
        return {".py": self.python, ".php": self.php, ".js": self.javascript}[suffix]


FLAWS = {
    "reads only one page": Flaw(
        reading.pages_follow_until_the_end,
        ("        save()\n\n\ndef read_withheld", "        save()\n        break\n\n\ndef read_withheld"),
        ("while ($page['has_more']);", "while (false);"),
        ("hasMore = page.has_more;", "hasMore = false;"),
    ),
    "ends at an empty page": Flaw(
        reading.page_may_be_empty,
        ('has_more = page["next_cursor"], page["has_more"]',
         'has_more = page["next_cursor"], page["has_more"] and page["changes"]'),
        ("while ($page['has_more']);", "while ($page['has_more'] && $page['changes']);"),
        ("hasMore = page.has_more;", "hasMore = page.has_more && page.changes.length;"),
    ),
    "keeps removed products": Flaw(
        reading.removed_products_and_lists_are_dropped,
        ('("removed", "list_removed")', '("list_removed",)'),
        ("['removed', 'list_removed']", "['list_removed']"),
        ("[ 'removed', 'list_removed' ]", "[ 'list_removed' ]"),
    ),
    "keeps removed lists": Flaw(
        reading.removed_products_and_lists_are_dropped,
        ('("removed", "list_removed")', '("removed",)'),
        ("['removed', 'list_removed']", "['removed']"),
        ("[ 'removed', 'list_removed' ]", "[ 'removed' ]"),
    ),
    "ignores unknown kinds": Flaw(
        reading.unknown_kinds_are_updates,
        ("elif record:", 'elif record and change["kind"] in ("price", "list"):'),
        ("elseif ($record !== null)", "elseif (in_array($change['kind'], ['price', 'list']))"),
        ("else if ( record )", "else if ( [ 'price', 'list' ].includes( change.kind ) )"),
    ),
    "fails at an entry without product": Flaw(
        reading.unknown_kinds_are_updates,
        ("elif record:", "else:"),
        ("elseif ($record !== null)", "else"),
        ("else if ( record )", "else"),
    ),
    "stores the cursor before the entries": Flaw(
        reading.cursor_is_stored_with_the_entries_before_it,
        ("        apply(page)\n", '        FILE.write_text(json.dumps(store | {"cursor": page["next_cursor"]}))\n'
         "        if page['has_more']:\n            raise OSError\n        apply(page)\n"),
        ("        apply($page);\n", "        $early = ['cursor' => $page['next_cursor']] + $store;\n"
         "        file_put_contents($GLOBALS['file'], json_encode($early));\n"
         "        if ($page['has_more']) throw new RuntimeException('early');\n        apply($page);\n"),
        ("\t\tapply( page );\n", "\t\tfs.writeFileSync( file, JSON.stringify( { ...store, cursor: page.next_cursor } ) );\n"
         "\t\tif ( page.has_more ) throw new Error( 'early' );\n\t\tapply( page );\n"),
    ),
    "loses the page if it is killed": Flaw(
        reading.killed_client_continues,
        ("        save()\n\n\ndef read_withheld", "        FILE.write_text('')\n\n\ndef read_withheld"),
        ("        save();\n    } while", "        file_put_contents($GLOBALS['file'], '');\n    } while"),
        ("\t\tsave();\n\t}\n}\n\nasync function readWithheld",
         "\t\tfs.writeFileSync( file, '' );\n\t}\n}\n\nasync function readWithheld"),
    ),
    "does not start again": Flaw(
        reading.old_cursor_starts_again,
        ("not in (400, 410)", "not in (400,)"),
        ("[400, 410]", "[400]"),
        ("[ 400, 410 ]", "[ 400 ]"),
    ),
    "keeps what a restart did not contain": Flaw(
        reading.old_cursor_starts_again,
        ("                del records[key]\n            store", "                pass\n            store"),
        ("$store['records'] = array_intersect_key($store['records'], $seen);", ""),
        ("delete records[ key ];", ""),
    ),
    "forgets the entries before an interruption": Flaw(
        reading.restart_keeps_products_until_its_end,
        ("        apply(page)\n", '        store["seen"] = [] if store["seen"] else store["seen"]\n        apply(page)\n'),
        ("        apply($page);\n", "        if ($store['seen']) $store['seen'] = [];\n        apply($page);\n"),
        ("\t\tapply( page );\n", "\t\tif ( store.seen ) store.seen = [];\n\t\tapply( page );\n"),
    ),
    "empties the file for a restart": Flaw(
        reading.restart_keeps_products_until_its_end,
        ('            store["cursor"] = ""  # start again\n', '            store["cursor"] = ""\n            records.clear()\n'),
        ("            $store['cursor'] = ''; // start again\n", "            $store['cursor'] = ''; $store['records'] = [];\n"),
        ("\t\t\tstore.cursor = ''; // start again\n",
         "\t\t\tstore.cursor = ''; for ( const key in records ) delete records[ key ];\n"),
    ),
    "stays with the cursor of another site": Flaw(
        reading.cursor_of_another_site_starts_again,
        ("not in (400, 410)", "not in (410,)"),
        ("[400, 410]", "[410]"),
        ("[ 400, 410 ]", "[ 410 ]"),
    ),
    "ignores Retry-After": Flaw(
        reading.retry_after_is_kept,
        ('int(error.headers.get("Retry-After", 0))', "0"),
        ("time() + $problem->retryAfter", "time()"),
        ("now() + error.retryAfter", "now()"),
    ),
    "waits for ever": Flaw(
        reading.wait_ends,
        ('if store["wait_until"] <= time.time():', 'if not store["wait_until"]:'),
        ("if ($store['wait_until'] <= time())", "if (!$store['wait_until'])"),
        ("if ( store.wait_until <= now() )", "if ( ! store.wait_until )"),
    ),
    "drops its products at a problem": Flaw(
        reading.problems_keep_what_is_stored,
        ('    store["wait_until"] = time', '    records.clear()\n    store["wait_until"] = time'),
        ("    $store['wait_until'] = time", "    $store['records'] = [];\n    $store['wait_until'] = time"),
        ("\t\t\tstore.wait_until = now", "\t\t\tfor ( const key in records ) delete records[ key ];\n\t\t\tstore.wait_until = now"),
    ),
    "shows content that is not fresh": Flaw(
        showing.content_is_shown_until_it_is_not_fresh,
        ("not checked_at or is_past(checked_at, DAY)", "False"),
        ("$checked === null || is_past($checked, DAY)", "false"),
        ("! checkedAt || isPast( checkedAt, DAY )", "false"),
    ),
    "ignores checked_at": Flaw(
        showing.confirmed_content_is_shown_longer,
        ('store["checked_at"].get(record["marketplace"])', "None"),
        ("$store['checked_at'][$record['marketplace']] ?? null", "null"),
        ("store.checked_at[ record.marketplace ]", "null"),
    ),
    "believes checked_at of each page": Flaw(
        showing.pages_before_the_last_confirm_nothing,
        ("        if not has_more:\n            store", "        store['checked_at'] = page['checked_at']\n"
         "        if not has_more:\n            store"),
        ("        if (!$page['has_more']) {\n            $store", "        $store['checked_at'] = $page['checked_at'];\n"
         "        if (!$page['has_more']) {\n            $store"),
        ("\t\tif ( ! hasMore ) {\n", "\t\tstore.checked_at = page.checked_at;\n\t\tif ( ! hasMore ) {\n"),
    ),
    "keeps old content": Flaw(
        showing.old_content_is_deleted,
        ("            records[key] = shown(record)", "            pass"),
        ("            $store['records'][$key] = $shown;", ""),
        ("\t\t\trecords[ key ] = shown( record );", ""),
    ),
    "never reads withheld products again": Flaw(
        showing.withheld_products_are_read_again,
        ("        read_withheld()\n", ""),
        ("        read_withheld();\n", ""),
        ("\t\t\tawait readWithheld();\n", ""),
    ),
    "keeps withheld products that are gone": Flaw(
        showing.withheld_products_are_read_again,
        ('                del records[f"{code} {asin}"]', "                pass"),
        ("unset($store['records'][\"$code $asin\"]);", ""),
        ("delete records[ `${ code } ${ asin }` ];", ""),
    ),
    "reads them again although nothing is fresh": Flaw(
        showing.old_content_is_deleted,
        ("        if is_past(checked_at, DAY):\n", "        if False:\n"),
        ("        if (is_past($checked, DAY)) {", "        if (false) {"),
        ("\t\tif ( isPast( checkedAt, DAY ) ) {", "\t\tif ( false ) {"),
    ),
    "does not save what it read again": Flaw(
        showing.read_again_ends_with_the_content,
        ("                del records[name]\n    save()\n", "                del records[name]\n"),
        ("        }\n    }\n    save();\n", "        }\n    }\n"),
        ("\t\t}\n\t}\n\tsave();\n", "\t\t}\n\t}\n"),
    ),
    "sends more ASINs than permitted": Flaw(
        showing.many_withheld_products_are_read_in_parts,
        ("(asins[start : start + 100] for start in range(0, len(asins), 100))", "([asins] if asins else [])"),
        ("array_chunk(array_column($expired, 'asin'), 100)", "array_filter([array_column($expired, 'asin')])"),
        ("asins.splice( 0, 100 )", "asins.splice( 0 )"),
    ),
    "does not read products that ended during the read": Flaw(
        showing.content_that_ended_during_the_read_is_read_again,
        ('r.get("price_status") == "expired"', 'r.get("price_status") == "withheld"'),
        ("=== 'expired');", "=== 'withheld');"),
        ("record.price_status === 'expired' )", "record.price_status === 'withheld' )"),
    ),
    "drops missing products": Flaw(
        showing.missing_and_waiting_products_have_links,
        ('("removed", "list_removed")', '("removed", "list_removed", "missing")'),
        ("['removed', 'list_removed']", "['removed', 'list_removed', 'missing']"),
        ("[ 'removed', 'list_removed' ]", "[ 'removed', 'list_removed', 'missing' ]"),
    ),
    "keeps the old tag": Flaw(
        showing.links_have_the_current_tag,
        ('if "asin" in record and "fresh_until" not in record:', "if False:"),
        ("isset($record['asin']) && !isset($record['fresh_until'])) {\n            $tag ", "false) {\n            $tag "),
        ("if ( record.asin && ! record.fresh_until ) {", "if ( false ) {"),
    ),
    "changes the link of Amazon": Flaw(
        showing.links_have_the_current_tag,
        ('if "asin" in record and "fresh_until" not in record:', 'if "asin" in record:'),
        ("isset($record['asin']) && !isset($record['fresh_until'])) {\n            $tag",
         "isset($record['asin'])) {\n            $tag"),
        ("if ( record.asin && ! record.fresh_until ) {", "if ( record.asin ) {"),
    ),
    "shows prices of ended deals": Flaw(
        showing.ended_deals_have_no_price,
        ("ends_at is None or not is_past(ends_at)", "True"),
        ("!is_past($product['deal']['ends_at'])", "true"),
        ("! isPast( product.deal.ends_at )", "true"),
    ),
    "shows ended deals in lists": Flaw(
        showing.ended_deals_have_no_price,
        ('if "items" in record:', "if False:"),
        ("if (isset($record['items'])) {", "if (false) {"),
        ("if ( record.items ) {", "if ( false ) {"),
    ),
    "ignores lists": Flaw(
        showing.lists_are_replaced_and_end,
        ('change.get("product") or change.get("list")', 'change.get("product")'),
        ("$change['product'] ?? $change['list'] ?? null", "$change['product'] ?? null"),
        ("change.product ?? change.list;", "change.product;"),
    ),
    "does not read lists again": Flaw(
        showing.lists_without_results_are_read_again,
        ('"name" in r and "fresh_until" not in r', '"name" in r and False'),
        ("if (isset($list['name']) && !isset($list['fresh_until']))", "if (false)"),
        ("record.name && ! record.fresh_until )", "false )"),
    ),
    "confirms empty lists": Flaw(
        showing.empty_lists_are_not_confirmed,
        (' or record.get("items") == []', ""),
        (" || ($record['items'] ?? null) === []", ""),
        (" || record.items?.length === 0", ""),
    ),
}  # fmt: skip
"""What a client with the flaw does, and the flaw."""
