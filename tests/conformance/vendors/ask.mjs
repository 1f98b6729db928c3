// Asks the vendors' own code: one question a line on standard input, one answer a line.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { LinearWebhookClient } from "@linear/sdk/webhooks";

const require = createRequire(import.meta.url);
const jwt = require("atlassian-jwt");
const Ajv = require("ajv").default;
const addFormats = require("ajv-formats").default;

const schemas = new Map();

function validator(path) {
  if (!schemas.has(path)) {
    const ajv = new Ajv({ allErrors: true, strict: false, allowUnionTypes: true });
    addFormats(ajv);
    schemas.set(path, ajv.compile(JSON.parse(readFileSync(path, "utf8"))));
  }
  return schemas.get(path);
}

const answers = {
  linear: ({ body, signature, timestamp, secret }) =>
    new LinearWebhookClient(secret).verify(Buffer.from(body, "base64"), signature, timestamp),
  qsh: ({ method, url, base }) => jwt.createQueryStringHash(jwt.fromMethodAndUrl(method, url), false, base),
  sign: ({ claims, secret }) => jwt.encodeSymmetric(claims, secret),
  read: ({ token, secret }) => jwt.decodeSymmetric(token, secret, "HS256"),
  signWithKey: ({ claims, key, kid }) => jwt.encodeAsymmetric(claims, key, "RS256", { kid }),
  readWithKey: ({ token, key }) => jwt.decodeAsymmetric(token, key, "RS256"),
  validate: ({ schema, document }) => {
    const check = validator(schema);
    return check(document) ? [] : check.errors.map((error) => `${error.instancePath} ${error.message}`);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...given } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ answer: answers[ask](given) }));
  } catch (error) {
    console.log(JSON.stringify({ refused: String(error.message ?? error) }));
  }
}
