// Writes a Postman and a Bruno collection: convert.mjs <OpenAPI file> <Postman file> <Bruno file>
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { openApiToBruno } = require("@usebruno/converters");
const { convertV2 } = require("openapi-to-postmanv2");
const { Collection } = require("postman-collection");

const [documentFile, postmanFile, brunoFile] = process.argv.slice(2);
const data = readFileSync(documentFile, "utf8");
const options = {
  // Of `Schema`, the default, Postman makes placeholders such as "<string>".
  parametersResolution: "Example",
  folderStrategy: "Tags",
  enableOptionalParameters: false,
};
const converted = await new Promise((resolve, reject) => {
  convertV2({ type: "string", data }, options, (error, result) =>
    error || !result.result ? reject(error ?? new Error(result.reason)) : resolve(result),
  );
});
// As in Postman's exports, each URL is also a text, which other importers read.
const collection = new Collection(converted.output[0].data);
const postman = collection.toJSON();
const urls = [];
collection.forEachItem(({ request: { url } }) => {
  const query = url.getQueryString();
  urls.push(url.getHost() + url.getPath({ unresolved: true }) + (query ? `?${query}` : ""));
});
addUrls(postman.item);

function addUrls(items) {
  for (const item of items) {
    if (item.item) addUrls(item.item);
    else item.request.url.raw = urls.shift();
  }
}

write(postmanFile, postman);
write(brunoFile, await openApiToBruno(JSON.parse(data)));

function write(file, content) {
  writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
}
