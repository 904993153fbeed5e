"""The editor picks products: up to ten are fetched at once, more become a job."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from amzlinkr.domain.clock import latest_possible_now
from amzlinkr.domain.errors import (
    AmzlinkrError,
    IdempotencyMismatch,
    InvalidRequest,
    NotFound,
    ProductLimitReached,
)
from amzlinkr.domain.imports import (
    MAX_INLINE_ITEMS,
    Job,
    Outcome,
    chunks_of,
    entry_of,
    outcomes_of,
    problem_of,
)
from amzlinkr.domain.limits import Limit, LimitUsage
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.sites import Site
from amzlinkr.http.presenters.products import import_result, queued_import_result
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.products import ImportResult, ImportResults, JobProgress, JobStarted
from amzlinkr.http.schemas.requests import ImportRequest, PageQuery
from amzlinkr.queues.messages import ImportChunk
from amzlinkr.wiring import Dependencies, dependencies

MAX_IDEMPOTENCY_KEY = 255
FINISHED = ("done", "failed")
LIMIT_RETRY_SECONDS = 3600
"""Seconds after which a site at its limit may ask again; it has to make room itself."""


def import_items(request: Request, deps: Dependencies) -> ApiResponse:
    """Read the list, then fetch it now or queue it. The same Idempotency-Key imports once, and is
    answered alike whatever became of the account since."""
    payload = request.body(ImportRequest)
    site = deps.site(request.site_id)
    earlier = earlier_job(request, deps)
    if earlier is not None and earlier.status in FINISHED:
        return job_response(earlier, deps)
    job = earlier or new_job(request, payload, site, deps)
    for chunk in job.chunks:
        site.connection(chunk.marketplace)
    check_product_limit(job, deps)
    if len(job.entries) > MAX_INLINE_ITEMS:
        if earlier is None:
            deps.usage_counters.increment(deps.config.limits.jobs, site.site_id)
        return enqueue(job, site, deps)
    return import_now(job, request, site, deps)


def earlier_job(request: Request, deps: Dependencies) -> Job | None:
    """What this Idempotency-Key was used for before. Raises `IdempotencyMismatch`."""
    if request.header("idempotency-key") is None:
        return None
    earlier = deps.jobs.get(request.site_id, job_id_of(request))
    return check_same_payload(earlier, hash_of(request)) if earlier else None


def new_job(request: Request, payload: ImportRequest, site: Site, deps: Dependencies) -> Job:
    """The list, read line by line; one that names no product becomes an entry with its problem."""
    default = site.marketplace_or_primary(payload.marketplace)
    entries = tuple(entry_of(text, index, default) for index, text in enumerate(payload.items))
    return Job(
        job_id=job_id_of(request),
        site_id=site.site_id,
        entries=entries,
        chunks=chunks_of(entries),
        created_at=deps.clock.now(),
        body_hash=hash_of(request),
    )


def import_now(job: Job, request: Request, site: Site, deps: Dependencies) -> ApiResponse:
    """Fetch a short list at once; what became of it is kept if it may be asked for again."""
    known = get_or_create_job(job, deps) if request.header("idempotency-key") else None
    if known is not None and known.status in FINISHED:
        return job_response(known, deps)
    done = fetch_chunks(job, site, request.seconds_left, deps)
    if known is not None:
        for chunk in job.chunks:
            deps.jobs.finish(known, chunk, (done.outcomes or {})[chunk.number])
    return job_response(done, deps)


def job_response(job: Job, deps: Dependencies) -> ApiResponse:
    """The results of a short list; where to ask for those of a long one."""
    if len(job.entries) > MAX_INLINE_ITEMS:
        return ApiResponse(202, JobStarted(job.job_id, f"/v1/import/{job.job_id}"))
    return ApiResponse(200, ImportResults(results_of(job, 0, MAX_INLINE_ITEMS, deps)))


def progress(request: Request, deps: Dependencies) -> ApiResponse:
    """How far a job is, and what became of each entry so far."""
    query = request.query(PageQuery)
    job = deps.jobs.get(request.site_id, request.path["job_id"])
    if job is None:
        raise NotFound("There is no such import; imports are kept for 24 hours.")
    purpose = f"import/{job.job_id}"
    start = (
        deps.signer.verify_cursor(purpose, job.site_id, query.cursor, int) if query.cursor else 0
    )
    results = results_of(job, start, query.limit, deps)
    end = start + len(results)
    more = deps.signer.sign_cursor(purpose, job.site_id, end) if end < len(job.entries) else None
    done, failed = job.counts
    return ApiResponse(
        200, JobProgress(job.job_id, job.status, len(job.entries), done, failed, results, more)
    )


def check_product_limit(job: Job, deps: Dependencies) -> None:
    """Raises `ProductLimitReached` if the site would have more products than it may."""
    shelves = deps.shelves.list_for_site(job.site_id)
    there = {(shelf.marketplace, asin) for shelf in shelves for asin in shelf.asins}
    wanted = {(chunk.marketplace, asin) for chunk in job.chunks for asin in chunk.asins}
    most = deps.config.limits.products
    if len(there | wanted) > max(most, len(there)):
        raise ProductLimitReached(
            f"The site has {len(there)} of at most {most} products; this import asks for "
            f"{len(wanted - there)} more.",
            usage=LimitUsage(Limit("products", most), len(there), LIMIT_RETRY_SECONDS),
        )


def job_id_of(request: Request) -> str:
    """A random id, or one that is the same whenever the Idempotency-Key is."""
    key = request.header("idempotency-key")
    if key is None:
        return f"job_{secrets.token_hex(16)}"
    if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY or not (key.isascii() and key.isprintable()):
        raise InvalidRequest(
            "Idempotency-Key", "An Idempotency-Key has 1 to 255 printable ASCII characters."
        )
    return f"job_{sha256(key.encode()).hexdigest()[:32]}"


def get_or_create_job(job: Job, deps: Dependencies) -> Job:
    """The job under this Idempotency-Key, which may be an earlier one."""
    if deps.jobs.create(job):
        return job
    return check_same_payload(deps.jobs.get(job.site_id, job.job_id) or job, job.body_hash)


def check_same_payload(earlier: Job, body_hash: str) -> Job:
    """The earlier job, if this body asked for it. Raises `IdempotencyMismatch`."""
    if earlier.body_hash != body_hash:
        raise IdempotencyMismatch
    return earlier


def hash_of(request: Request) -> str:
    """What tells one body from another."""
    return sha256(request.body_bytes()).hexdigest()


def enqueue(job: Job, site: Site, deps: Dependencies) -> ApiResponse:
    """Store the job and queue its calls; doing so again queues nothing twice."""
    deps.jobs.create(job)
    for chunk in job.chunks:
        if chunk.number not in (job.outcomes or {}):
            deps.import_queue.send(
                ImportChunk(job.site_id, job.job_id, chunk.number),
                message_group=site.connection(chunk.marketplace).account_key,
                # All sites share the queue, and two of them may use the same Idempotency-Key.
                deduplication_id=f"{job.site_id}-{job.job_id}-{chunk.number}",
            )
    return job_response(job, deps)


def fetch_chunks(job: Job, site: Site, seconds_left: float, deps: Dependencies) -> Job:
    """Fetch and store every chunk now. If none could be, the first reason is the answer."""
    deadline = deps.deadline(seconds_left)
    outcomes: dict[int, Mapping[str, Outcome]] = {}
    failures: list[AmzlinkrError] = []
    for chunk in job.chunks:
        try:
            catalog = deps.catalog(site, chunk.marketplace, Priority.INTERACTIVE)
            lookup = catalog.items(chunk.asins, deadline)
            deps.product_writer.add(site.site_id, chunk.marketplace, tuple(lookup.found.values()))
            outcomes[chunk.number] = outcomes_of(chunk, lookup)
        except AmzlinkrError as error:
            failures.append(error)
            outcomes[chunk.number] = dict.fromkeys(chunk.asins, problem_of(error))
    if job.chunks and len(failures) == len(job.chunks):
        raise failures[0]
    deps.count(
        "ProductsImported", sum(o is None for done in outcomes.values() for o in done.values())
    )
    return replace(job, outcomes=outcomes)


def results_of(job: Job, start: int, limit: int, deps: Dependencies) -> list[ImportResult]:
    """The results of a stretch of entries, with their products as they stand now."""
    stretch = job.entries[start : start + limit]
    outcomes = job.by_asin
    products = {
        (shop, product.asin): product
        for shop in {entry.marketplace for entry in stretch if entry.marketplace}
        for product in deps.products.get_many(
            job.site_id,
            shop,
            [
                e.asin
                for e in stretch
                if e.asin and e.marketplace == shop and (shop, e.asin) in outcomes
            ],
        ).values()
    }
    now = latest_possible_now(deps.clock)
    results = []
    for entry in stretch:
        name = (entry.marketplace or "", entry.asin or "")
        if entry.problem is None and name not in outcomes:
            results.append(queued_import_result(entry))
        else:
            results.append(import_result(entry, outcomes.get(name), products.get(name), now))
    return results


app = Router(dependencies)
app.route("POST", "/v1/import", import_items)
app.route("GET", "/v1/import/<job_id>", progress)
handler = app.handler
