// Writes a Postman and a Bruno collection of a document: convert.mjs <OpenAPI file> <folder>
// It also writes what Bruno imports from the Postman collection.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const { openApiToBruno, postmanToBruno } = require("@usebruno/converters");
const { convertV2 } = require("openapi-to-postmanv2");
const { Collection } = require("postman-collection");

const [file, folder] = process.argv.slice(2);
const data = readFileSync(file, "utf8");
// Of `Schema`, the default, Postman makes placeholders such as "<string>".
const options = { parametersResolution: "Example", folderStrategy: "Tags", enableOptionalParameters: false };
const converted = await new Promise((resolve, reject) => {
  convertV2({ type: "string", data }, options, (error, result) =>
    error || !result.result ? reject(error ?? new Error(result.reason)) : resolve(result),
  );
});
// Postman's own reader checks the collection. As in Postman's exports, each URL is also a text,
// which other importers read.
const collection = new Collection(converted.output[0].data);
const postman = collection.toJSON();
const texts = [];
collection.forEachItem((item) => texts.push(item.request.url.toString()));
addTexts(postman.item);

function addTexts(items) {
  for (const item of items) {
    if (item.item) addTexts(item.item);
    else item.request.url.raw = texts.shift();
  }
}

const results = {
  "amzlinkr.postman_collection.json": postman,
  "amzlinkr.bruno_collection.json": await openApiToBruno(JSON.parse(data)),
  "postman-in-bruno.json": (await postmanToBruno(postman)).collection,
};
for (const [name, result] of Object.entries(results)) {
  writeFileSync(join(folder, name), `${JSON.stringify(result, null, 1)}\n`);
}
