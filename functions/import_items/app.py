"""Import of products: up to ten are fetched during the request, more become an import job."""

from collections.abc import Sequence
from hashlib import sha256

from amzlinkr.domain.clock import latest_possible_now
from amzlinkr.domain.errors import InvalidRequest, NotFound
from amzlinkr.domain.import_submission import ImportSubmission
from amzlinkr.domain.imports import MAX_INLINE_ITEMS, Entry, Job
from amzlinkr.http.paging import Paging
from amzlinkr.http.presenters import products as presenters
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse, located
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.imports import ImportResult, ImportResults, JobProgress, JobStarted
from amzlinkr.http.schemas.requests import ImportRequest, PageQuery
from amzlinkr.wiring import Dependencies, dependencies, initialize

MAX_IDEMPOTENCY_KEY_CHARS = 255


def import_items(request: Request, deps: Dependencies) -> ApiResponse:
    """Fetch a short list or enqueue a long one. An Idempotency-Key makes it repeatable."""
    payload = request.body(ImportRequest)
    site = deps.sites.require(request.site_id)
    submission = ImportSubmission(
        lines=payload.items,
        marketplace_code=payload.marketplace,
        idempotency_key=idempotency_key_of(request),
        # The hash detects an idempotency key that is used again for another list.
        body_hash=sha256(request.body_bytes()).hexdigest(),
    )
    job = deps.imports.submit(site, submission, request.upstream_deadline)
    return job_response(job, deps, request.api_url)


def show_job(request: Request, deps: Dependencies) -> ApiResponse:
    """Show the progress of an import job and the results of its entries, by pages."""
    query = request.query(PageQuery)
    job = deps.jobs.get(request.site_id, request.path["job_id"])
    if job is None:
        raise NotFound("This import job does not exist. Import jobs are kept for 24 hours.")
    paging = Paging(deps.signer, f"import/{job.job_id}", job.site_id)
    start = paging.start(query.cursor, int) or 0
    entries = job.page(start, query.limit)
    results = presenters.results_of_page(results_of(job, entries, deps, request.api_url))
    end, total = start + len(results), len(job.entries)
    cursor = paging.next(end if end < total else None)
    finished, failed = job.counts
    return ApiResponse(
        200,
        JobProgress(job.job_id, job.status, total, finished, failed, results, bool(cursor), cursor),
    )


def idempotency_key_of(request: Request) -> str | None:
    """Return the Idempotency-Key, or None. Raises `InvalidRequest`."""
    key = request.header("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY_CHARS or not (key.isascii() and key.isprintable()):
        raise InvalidRequest(
            "Idempotency-Key", "An Idempotency-Key has 1 to 255 printable ASCII characters."
        )
    return key


def job_response(job: Job, deps: Dependencies, api_url: str) -> ApiResponse:
    """Return the results of a short list, or the status URL of a long one."""
    if len(job.entries) > MAX_INLINE_ITEMS:
        location = located(api_url, f"import/{job.job_id}")
        return ApiResponse(202, JobStarted(job.job_id, location["Location"]), location)
    return ApiResponse(200, ImportResults(results_of(job, job.entries, deps, api_url)))


def results_of(
    job: Job, entries: Sequence[Entry], deps: Dependencies, api_url: str
) -> list[ImportResult]:
    """Return the results of entries, with their products as currently stored."""
    outcomes = job.by_asin
    fetched = [entry.name for entry in entries if entry.name in outcomes]
    products = deps.products.get_named(job.site_id, fetched)
    tags = deps.sites.require(job.site_id).partner_tags
    # Taken after the read: content that expired in between is not shown.
    context = presenters.ResultContext(latest_possible_now(deps.clock), api_url, tags)
    results = []
    for entry in entries:
        name = entry.name
        # An entry with a problem is never fetched; without one it waits for its chunk.
        if entry.problem is None and name not in outcomes:
            results.append(presenters.queued_import_result(entry))
        else:
            results.append(
                presenters.import_result(entry, outcomes.get(name), products.get(name), context)
            )
    return results


app = Router(dependencies)
app.route("POST", "/v1/import", import_items)
app.route("GET", "/v1/import/<job_id>", show_job)
handler = app.handler

initialize("dynamodb", "amazon", "call_counter", "imports", "products", "service_state")
