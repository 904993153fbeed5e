// Prints what Redocly finds in a document as a JSON list: lint_redocly.mjs <configuration> <URL or file>
import { lint, loadConfig } from "@redocly/openapi-core";

const [configPath, ref] = process.argv.slice(2);
const problems = await lint({ ref, config: await loadConfig({ configPath }) });
const found = problems.map(
  ({ ruleId, severity, message, location }) =>
    `${severity} ${ruleId} ${location[0]?.pointer}: ${message}`,
);
console.log(JSON.stringify(found));
