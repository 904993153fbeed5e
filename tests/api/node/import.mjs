// Prints what Bruno imports from a Postman collection: import.mjs <Postman file>
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { postmanToBruno } = createRequire(import.meta.url)("@usebruno/converters");
const { collection } = await postmanToBruno(JSON.parse(readFileSync(process.argv[2], "utf8")));
process.stdout.write(JSON.stringify(collection));
