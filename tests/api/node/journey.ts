// The life of a site with the client of openapi-typescript and openapi-fetch, compiled with --strict.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { env: Record<string, string | undefined> };

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

// Returns the data of a response; throws the status and the problem of a failed one.
function expectData<T>(step: string, result: { data?: T; error?: unknown; response: Response }): T {
  if (result.data === undefined) {
    throw new Error(`${step}: ${result.response.status} ${JSON.stringify(result.error)}`);
  }
  console.log(step);
  return result.data;
}

function expectTrue(step: string, condition: boolean): void {
  if (!condition) throw new Error(`${step}: unexpected response`);
  console.log(step);
}

const baseUrl = setting("API_URL");
const siteUrl = setting("SITE_URL");
const visitor = createClient<paths>({ baseUrl });

const signUp = expectData(
  "sign-up",
  await visitor.POST("/signup", { body: { site_url: siteUrl, email: "owner@example.com" } }),
);
await fetch(siteUrl + signUp.challenge.path, { method: "PUT", body: signUp.challenge.token });
const verified = expectData(
  "verify",
  await visitor.POST("/signup/{signup_id}/verify", {
    params: { path: { signup_id: signUp.signup_id } },
    body: { signup_secret: signUp.signup_secret },
  }),
);

const owner = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Bearer ${verified.api_key}` },
});
const credentials: components["schemas"]["CreatorsCredentials"] = {
  api: "creators",
  credential_id: setting("CREDENTIAL_ID"),
  credential_secret: setting("CREDENTIAL_SECRET"),
  credential_version: setting("CREDENTIAL_VERSION"),
  partner_tag: setting("PARTNER_TAG"),
  marketplace: "US",
};
const validated = expectData("validate", await owner.POST("/validate", { body: credentials }));
expectTrue("valid credentials", validated.status === "valid");

const asins = new Set<string>();
for (const page of [1, 2]) {
  const found = expectData(
    `search page ${page}`,
    await owner.GET("/search", { params: { query: { keywords: "coffee grinder", page } } }),
  );
  for (const item of found.items) asins.add(item.asin);
}
const items = [...asins];
expectTrue("more than ten products", items.length > 10);

// Two statuses of success have two types: a discriminating property selects one.
const imported = expectData(
  "import",
  await owner.POST("/import", { body: { items: [...items.slice(0, 2), "https://amzn.to/3xYz"] } }),
);
if (!("results" in imported)) throw new Error("import: a job was started");
expectTrue(
  "imported and failed entries",
  imported.results.map((result) => result.status).join() === "imported,imported,failed" &&
    imported.results[2]?.problem?.code === "short_link",
);

const started = expectData("import job", await owner.POST("/import", { body: { items } }));
if (!("job_id" in started)) throw new Error("import job: results were returned");
const status = await fetch(started.status_url, {
  headers: { Authorization: `Bearer ${verified.api_key}` },
});
expectTrue("absolute status_url", status.status === 200);
let job: components["schemas"]["ImportJob"];
const deadline = Date.now() + 60_000;
do {
  const read = await owner.GET("/import/{job_id}", { params: { path: { job_id: started.job_id } } });
  if (read.data === undefined) throw new Error(`job: ${JSON.stringify(read.error)}`);
  job = read.data;
  await new Promise((resolve) => setTimeout(resolve, 300));
} while (job.status !== "done" && job.status !== "failed" && Date.now() < deadline);
expectTrue("finished job", job.status === "done" && job.done === items.length && job.failed === 0);

const added = new Set<string | undefined>();
let cursor: string | undefined;
let hasMore = true;
while (hasMore) {
  const query = cursor === undefined ? { limit: 7 } : { limit: 7, cursor };
  const read = await owner.GET("/changes", { params: { query } });
  if (read.data === undefined) throw new Error(`changes: ${JSON.stringify(read.error)}`);
  for (const change of read.data.changes) {
    if (change.kind === "added" && change.product?.url?.startsWith("https://")) added.add(change.asin);
  }
  cursor = read.data.next_cursor;
  hasMore = read.data.has_more;
}
expectTrue("changes", items.every((asin) => added.has(asin)));

const missing = await owner.GET("/products/{asin}", { params: { path: { asin: "B000000000" } } });
expectTrue(
  "problem",
  missing.response.status === 404 &&
    missing.error?.code === "not_found" &&
    missing.error.action.length > 0,
);

const first = await owner.GET("/products", { params: { query: { limit: 3 } } });
expectTrue("products", first.data?.products.length === 3 && first.data.has_more);
const etag = first.response.headers.get("ETag") ?? "";
const again = await owner.GET("/products", {
  params: { query: { limit: 3 }, header: { "If-None-Match": etag } },
});
expectTrue("304", again.response.status === 304);

const readKey = expectData("key", await owner.POST("/keys", { body: { scope: "read" } }));
const keys = expectData("keys", await owner.GET("/keys"));
expectTrue(
  "two keys",
  keys.keys.map((key) => key.scope).sort().join() === "full,read" &&
    keys.keys.filter((key) => key.current).length === 1,
);
const reader = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Bearer ${readKey.api_key}` },
});
const refused = await reader.POST("/sync");
expectTrue(
  "scope of the key",
  refused.response.status === 403 && refused.error?.code === "scope_insufficient",
);
const revoked = await owner.DELETE("/keys/{kid}", { params: { path: { kid: readKey.kid } } });
expectTrue("revoked key", revoked.response.status === 204);

const deleted = expectData(
  "deletion",
  await owner.DELETE("/site", { params: { query: { confirm: new URL(siteUrl).host } } }),
);
expectTrue("deleted host", deleted.host === new URL(siteUrl).host);
const afterwards = await owner.GET("/site");
expectTrue(
  "401",
  afterwards.response.status === 401 && afterwards.error?.code === "api_key_rejected",
);

const later = createClient<paths>({ baseUrl: setting("FUTURE_URL") });
const unknown = await later.GET("/changes");
expectTrue(
  "unknown values",
  unknown.data?.changes.length === 2 && unknown.data.changes[1]?.asin !== undefined,
);
