<?php
/**
 * Client of the change feed: each run updates a file and prints what may be shown now.
 *
 * AMZLINKR_URL=https://…/v1 AMZLINKR_KEY=amzl_… php feed_client.php store.json
 */

const DAY   = 24 * 60 * 60;
const OFFER = ['price', 'list_price', 'list_price_kind', 'list_price_label', 'savings_percent',
    'unit_price', 'deal'];
const NAMES = ['name', 'marketplace', 'asin', 'url'];

$file = $argv[1];
// `seen` has the keys of all entries since the client started again, otherwise it is null.
$store = ['cursor' => '', 'seen' => null, 'checked_at' => [], 'records' => [], 'wait_until' => 0];
if (file_exists($file)) {
    $store = json_decode(file_get_contents($file), true);
}

class Problem extends Exception
{
    public int $retryAfter = 0;
}

function get(string $path, array $query = []): array
{
    $context = stream_context_create(['http' => [
        'header'        => 'Authorization: Bearer ' . getenv('AMZLINKR_KEY'),
        'timeout'       => 30,
        'ignore_errors' => true,
    ]]);
    $url  = getenv('AMZLINKR_URL') . $path . '?' . http_build_query($query);
    $text = @file_get_contents($url, false, $context);
    $head = $http_response_header ?? [];
    $body = $text === false ? null : json_decode($text, true);
    if (!$head || $body === null) {
        throw new RuntimeException('no complete response');
    }
    $status = (int) explode(' ', $head[0])[1];
    if ($status !== 200) {
        $problem = new Problem($text, $status);
        foreach ($head as $line) {
            if (stripos($line, 'Retry-After:') === 0) {
                $problem->retryAfter = (int) substr($line, 12);
            }
        }
        throw $problem;
    }
    return $body;
}

function save(): void
{
    // In one step: a file with a cursor has all entries before it.
    global $store, $file;
    file_put_contents("$file.new", json_encode($store));
    rename("$file.new", $file);
}

function is_past(string $time, int $seconds = 0): bool
{
    return strtotime($time) + $seconds <= time();
}

function key_of(array $record): string
{
    return isset($record['asin']) ? "{$record['marketplace']} {$record['asin']}" : $record['name'];
}

/** Return what may be shown of a product or list now. */
function shown(array $record): array
{
    global $store;
    if (isset($record['fresh_until']) && is_past($record['fresh_until'])) {
        $checked = $store['checked_at'][$record['marketplace']] ?? null;
        if ($checked === null || is_past($checked, DAY) || ($record['items'] ?? null) === []) {
            $kept = array_intersect_key($record, array_flip(NAMES));
            return $kept + (isset($record['name']) ? ['items' => []] : ['price_status' => 'expired']);
        }
    }
    if (isset($record['items'])) {
        $record['items'] = array_map('without_ended_deal', $record['items']);
    }
    return without_ended_deal($record);
}

function without_ended_deal(array $product): array
{
    if (!isset($product['deal']['ends_at']) || !is_past($product['deal']['ends_at'])) {
        return $product;
    }
    return ['price_status' => 'hidden'] + array_diff_key($product, array_flip(OFFER));
}

function delete_old_content(): void
{
    global $store;
    foreach ($store['records'] as $key => $record) {
        $shown = shown($record);
        if (isset($record['fresh_until']) && !isset($shown['fresh_until'])) {
            $store['records'][$key] = $shown;
        }
    }
}

function apply(array $page): void
{
    global $store;
    foreach ($page['changes'] as $change) {
        $record = $change['product'] ?? $change['list'] ?? null;
        if (in_array($change['kind'], ['removed', 'list_removed'], true)) {
            unset($store['records'][key_of($record ?? $change)]);
        } elseif ($record !== null) {
            $store['records'][key_of($record)] = $record;
            if ($store['seen'] !== null) {
                $store['seen'][] = key_of($record);
            }
        }
    }
}

function update_links(array $connections): void
{
    global $store;
    foreach ($store['records'] as &$record) {
        if (isset($record['asin']) && !isset($record['fresh_until'])) {
            $tag  = $connections[$record['marketplace']]['partner_tag'] ?? '';
            $host = parse_url($record['url'], PHP_URL_HOST);
            $record['url'] = "https://$host/dp/{$record['asin']}" . ($tag === '' ? '' : "?tag=$tag");
        }
    }
}

function read_feed(): void
{
    global $store;
    do {
        try {
            $page = get('/changes', ['cursor' => $store['cursor']]);
        } catch (Problem $problem) {
            if (!in_array($problem->getCode(), [400, 410], true) || $store['cursor'] === '') {
                throw $problem;
            }
            $store['cursor'] = ''; // start again
            $page = ['has_more' => true];
            continue;
        }
        if ($store['cursor'] === '') {
            $store['seen'] = [];
        }
        delete_old_content();
        apply($page);
        update_links($page['connections']);
        $store['cursor'] = $page['next_cursor'];
        if (!$page['has_more']) {
            $store['checked_at'] = $page['checked_at'];
            if ($store['seen'] !== null) {
                $seen = array_flip($store['seen']);
                $store['records'] = array_intersect_key($store['records'], $seen);
            }
            $store['seen'] = null;
        }
        save();
    } while ($page['has_more']);
}

function read_withheld(): void
{
    global $store;
    foreach ($store['checked_at'] as $code => $checked) {
        if (is_past($checked, DAY)) {
            continue;
        }
        $here    = array_filter($store['records'], fn($record) => $record['marketplace'] === $code);
        $expired = array_filter($here, fn($record) => ($record['price_status'] ?? '') === 'expired');
        foreach (array_chunk(array_column($expired, 'asin'), 100) as $batch) {
            $page = get('/products', ['marketplace' => $code, 'asins' => implode(',', $batch)]);
            foreach ($batch as $asin) {
                unset($store['records']["$code $asin"]);
            }
            foreach ($page['products'] as $product) {
                $store['records'][key_of($product)] = $product;
            }
        }
        foreach ($here as $list) {
            if (isset($list['name']) && !isset($list['fresh_until'])) {
                try {
                    $store['records'][$list['name']] = get("/lists/{$list['name']}");
                } catch (Problem $problem) {
                    if ($problem->getCode() !== 404) {
                        throw $problem;
                    }
                    unset($store['records'][$list['name']]);
                }
            }
        }
    }
    save();
}

try {
    if ($store['wait_until'] <= time()) {
        read_feed();
        read_withheld();
    }
} catch (Problem $problem) {
    $store['wait_until'] = time() + $problem->retryAfter;
    save();
    fwrite(STDERR, $problem->getMessage());
} catch (RuntimeException $error) {
    fwrite(STDERR, $error->getMessage());
}
ksort($store['records'], SORT_STRING);
echo json_encode(array_map('shown', array_values($store['records'])));
