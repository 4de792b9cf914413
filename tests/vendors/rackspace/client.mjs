// A client of Exchange mailboxes, written from the vendor's description of the signature and the page's own lines.
// It is told by RACKSPACE_URL, RACKSPACE_USER_KEY, RACKSPACE_SECRET_KEY and RACKSPACE_CUSTOMER_ID where to go and as whom,
// makes all fifteen documented calls, and prints what came of them as JSON.

import { createHash } from "node:crypto";
import { request } from "node:http";

const { RACKSPACE_URL, RACKSPACE_USER_KEY, RACKSPACE_SECRET_KEY, RACKSPACE_CUSTOMER_ID } = process.env;
const USER_AGENT = "node-client/1.0";
const mailboxes = `/customers/${RACKSPACE_CUSTOMER_ID}/domains/example.com/ex/mailboxes`;
const alex = `${mailboxes}/alex.smith`;

function signature(userKey, secretKey, userAgent, timestamp) {
  const digest = createHash("sha1").update(userKey + userAgent + timestamp + secretKey, "utf8").digest("base64");
  return `${userKey}:${timestamp}:${digest}`;
}

function timestamp(now = new Date()) {
  const parts = [now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes(), now.getSeconds()];
  return now.getFullYear() + parts.map((part) => String(part).padStart(2, "0")).join("");
}

function call(method, path, form, { accept = "application/json", secret = RACKSPACE_SECRET_KEY } = {}) {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const headers = {
    "User-Agent": USER_AGENT,
    Accept: accept,
    "X-Api-Signature": signature(RACKSPACE_USER_KEY, secret, USER_AGENT, timestamp()),
  };
  if (body !== undefined) {
    headers["Content-Type"] = "application/x-www-form-urlencoded";
    headers["Content-Length"] = Buffer.byteLength(body);
  }
  return new Promise((resolve, reject) => {
    const sent = request(RACKSPACE_URL + path, { method, headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: answer.statusCode, text, error: answer.headers["x-error-message"] });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function read(path, options) {
  const answer = await call("GET", path, undefined, options);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.error}`);
  return JSON.parse(answer.text);
}

async function write(method, path, form) {
  const answer = await call(method, path, form);
  if (answer.status !== 200 || answer.text !== "") throw new Error(`${method} ${path}: ${answer.status} ${answer.error}`);
  return answer;
}

async function everyPage(path, property) {
  const found = [];
  let total;
  do {
    const page = await read(`${path}?size=3&offset=${found.length}`);
    found.push(...page[property]);
    total = page.total;
  } while (found.length < total);
  return found;
}

const results = {};
const published = signature(
  "eGbq9/2hcZsRlr1JV1Pi", "QHOvchm/40czXhJ1OxfxK7jDHr3t", "Rackspace Management Interface", "20010317143725",
);
results.signed = published === "eGbq9/2hcZsRlr1JV1Pi:20010317143725:HKUn0aajpSDx7qqGK3vqzn3FglI=";

const added = await call("POST", alex, { displayName: "Alex Smith", password: "Secret123!@#", size: "2048" });
results.added = [added.status, added.text];
await write("POST", `${alex}/emailaddresses/alex@example.com`, {});
const shown = await read(alex);
results.shown = [shown.displayName, shown.size, shown.emailAddressList.map((one) => one.address)];
await write("PUT", alex, { homeNumber: "8005551234" });
results.edited = (await read(alex)).contactInfo.homeNumber;
results.paged = (await everyPage(mailboxes, "mailboxes")).map((one) => one.name);

await write("POST", `${alex}/permissions/apiexmailbox6`, { permission: "fullAccess" });
await write("PUT", `${alex}/permissions/apiexmailbox6`, { permission: "SendAs" });
const permissions = await everyPage(`${alex}/permissions`, "permissions");
results.permissions = permissions.map((one) => [one.emailAddress, one.permissionType]);
await write("DELETE", `${alex}/permissions/apiexmailbox6`);

await write("POST", `${alex}/activesyncmobileservice`, {});
await read(`${alex}/activesyncmobileservice`);
results.activesync = await everyPage(mailboxes.replace("mailboxes", "activesyncmobileservices"), "mailboxes");
await write("DELETE", `${alex}/activesyncmobileservice`);

results.xml = (await call("GET", alex, undefined, { accept: "text/xml" })).text.split("\n")[0];
const short = await call("PUT", alex, { password: "Secret1" });
results.short = [short.status, short.error];
await write("DELETE", `${alex}/emailaddresses/alex@example.com`);
const deleted = await write("DELETE", alex);
const gone = await call("GET", alex);
results.deleted = [deleted.status, gone.status, gone.error];
const unknown = await call("GET", mailboxes, undefined, { secret: "wrong" });
results.unknown = [unknown.status, unknown.error];

console.log(JSON.stringify(results));
