// The page's pure functions, in Node's own test runner.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

// As a `data:` URL it is a module for every version of Node.
const source = readFileSync(new URL("../../mockmail/page/format.js", import.meta.url), "utf-8");
const format = await import(`data:text/javascript,${encodeURIComponent(source)}`);

test("a size has the unit that a person wants", () => {
  assert.deepEqual([0, 999, 1000, 1499, 2_500_000].map(format.size), ["0 B", "999 B", "1.0 KB", "1.5 KB", "2.5 MB"]);
});

test("a sender is shown by name, and by address without one", () => {
  const senders = ["Shop <a@b>", '"Dupont, Am\\"elie" <a@b>', "a@b", "<a@b>", "", '"" <a@b>'];
  assert.deepEqual(senders.map(format.senderName), ["Shop", 'Dupont, Am"elie', "a@b", "<a@b>", "(null sender)", '"" <a@b>']);
});

test("of several recipients the first is shown, and how many others there are", () => {
  assert.deepEqual([[], ["a@b"], ["a@b", "c@d", "e@f"]].map(format.named), ["no recipient", "a@b", "a@b +2"]);
});

test("the time of a message has its date and the day of the week", () => {
  assert.match(format.dateAndTime(new Date(2024, 4, 6, 9, 5, 7).toISOString()), /^Mon 2024-05-06 \d\d:05:07$/);
});

test("a duration is in milliseconds below a second", () => {
  assert.deepEqual([0.00012, 0.5, 2].map(format.duration), ["0.1 ms", "500.0 ms", "2.00 s"]);
});

test("the parts of a multipart body are shown with their names", () => {
  const body = [
    "--B", 'Content-Disposition: form-data; name="to"', "", "jane@example.com",
    "--B", 'Content-Disposition: form-data; name="text"', "", "Hello", "", "World",
    "--B", 'Content-Disposition: form-data; name="options"', "Content-Type: application/json", "", '{"a":1}',
    "--B", 'Content-Disposition: form-data; name="attachment"; filename="a.txt"', "Content-Type: text/plain", "", "abc",
    "--B--", "",
  ].join("\r\n");
  assert.equal(format.pretty(body, 'multipart/form-data; boundary="B"'), [
    "to = jane@example.com", "text:", "Hello", "", "World", "options, application/json:", '{', '  "a": 1', "}",
    "attachment, file a.txt, text/plain:", "abc",
  ].join("\n"));
  assert.equal(format.pretty("no boundary in it", "multipart/form-data; boundary=B"), "no boundary in it");
});

test("a count has its noun in the right number", () => {
  assert.deepEqual([0, 1, 2].map((count) => format.counted(count, "mail")), ["0 mails", "1 mail", "2 mails"]);
});

test("a time of another day has its date", () => {
  const now = new Date(2024, 4, 6, 12);
  assert.equal(format.clockTime(new Date(2024, 4, 6, 9, 5, 7).toISOString(), now).length, 8);
  assert.match(format.clockTime(new Date(2024, 4, 5, 9, 5, 7).toISOString(), now), /^2024-05-05 /);
});

for (const place of [
  { section: "inbox", id: null, query: {} },
  { section: "inbox", id: "<a/b?c#d@x>", query: { q: "subject:\"a b\" & c", sandbox: "mine" } },
  { section: "state", id: "rackspace/mailboxes", query: {} },
]) {
  test(`a place survives its address: ${JSON.stringify(place)}`, () => {
    assert.deepEqual(format.parsePlace(format.formatPlace(place.section, place.id, place.query)), place);
  });
}

test("an address without a section is the inbox, and a broken one is no error", () => {
  assert.equal(format.parsePlace("").section, "inbox");
  assert.equal(format.parsePlace("#/inbox/%").id, "%");
});

test("the base of the API is found behind a prefix and in a sandbox", () => {
  assert.deepEqual(format.bases("/_mockmail/ui/"), { root: "", sandbox: "default" });
  assert.deepEqual(format.bases("/tools/mail/_mockmail/ui/"), { root: "/tools/mail", sandbox: "default" });
  assert.deepEqual(format.bases("/tools/~my%20own/_mockmail/ui/"), { root: "/tools", sandbox: "my own" });
});

test("bodies are shown by their type, and broken ones as they are", () => {
  assert.equal(format.pretty('{"a":[1]}', "application/json; charset=utf-8"), '{\n  "a": [\n    1\n  ]\n}');
  assert.equal(format.pretty('{"a"', "application/json"), '{"a"');
  assert.equal(format.pretty("a=1+2&b=%C3%A9", "application/x-www-form-urlencoded"), "a = 1 2\nb = é");
  assert.equal(format.pretty("a=%", "application/x-www-form-urlencoded"), "a=%");
  assert.equal(format.pretty("<a><b>1</b><c/></a>", "text/xml"), "<a>\n  <b>1</b>\n  <c/>\n</a>");
  assert.equal(format.pretty("plain", "text/plain"), "plain");
  assert.equal(format.pretty("{}", "multipart/form-data"), "{}");
});

test("a word of a shell cannot end its quotes", () => {
  assert.equal(format.shellWord("http://x/y?"), "'http://x/y?'");
  assert.equal(format.shellWord("it's"), "'it'\\''s'");
  assert.equal(format.shellWord("plain-1.txt"), "plain-1.txt");
  assert.equal(format.shellWord(""), "''");
});

test("a test for a message has its recipient, subject, text and attachments", () => {
  const message = { subject: 'A "b"', to: [], envelope: { recipients: ["jane@example.com"] }, text: "\n Hello \nYou", attachments: [{ filename: "a.pdf" }] };
  assert.deepEqual(format.pytestOfMessage(message).split("\n").slice(2), [
    '    message = mockmail.inbox.wait_for(to="jane@example.com", subject="A \\"b\\"")',
    '    assert "Hello" in message.text',
    '    assert message.attachments[0].filename == "a.pdf"',
  ]);
});

test("a test for a message cuts its text between two characters", () => {
  const message = { subject: "", to: [], envelope: { recipients: [] }, text: `${"x".repeat(69)}\u{1f600} end`, attachments: [] };
  assert.match(format.pytestOfMessage(message), /assert "x{69}\u{1f600}" in/u);
});

/** @param {object} more */
const curlOf = (more) => format.curlOfRequest("http://h", { method: "POST", path: "/a", query: "", request: { headers: [["Content-Type", "text/plain"]], body: "" }, ...more });

test("a command for a request sends a body that begins with an at sign, and not the file of that name", () => {
  assert.equal(curlOf({ request: { headers: [["Content-Type", "text/plain"]], body: "@/etc/hosts" } }),
    "curl --request POST --header 'Content-Type: text/plain' --data-raw @/etc/hosts http://h/a");
});

test("a command for a request sends a body without a type, and headers without a value", () => {
  assert.equal(curlOf({ request: { headers: [["X-A", ""]], body: "c" } }), "curl --request POST --header 'X-A;' --header Content-Type: --data-raw c http://h/a");
});

test("a command for a request takes brackets and braces of the address as they are", () => {
  assert.equal(curlOf({ query: "b[]={c}" }), "curl --globoff --request POST --header 'Content-Type: text/plain' 'http://h/a?b[]={c}'");
});

test("a command for a HEAD request does not wait for a body", () => {
  assert.equal(curlOf({ method: "HEAD", request: { headers: [], body: "" } }), "curl --head http://h/a");
});

test("a command for a request runs nothing that its method names", () => {
  assert.equal(curlOf({ method: "A|sh", request: { headers: [], body: "" } }), "curl --request 'A|sh' http://h/a");
});

test("a command for a request repeats its headers, body and query", () => {
  const request = { method: "POST", path: "/a", query: "b=1", request: { headers: [["Host", "x"], ["X-A", "it's"], ["content-type", "text/plain"]], body: "c d" } };
  assert.equal(format.curlOfRequest("http://h", request),
    "curl --request POST --header 'X-A: it'\\''s' --header 'content-type: text/plain' --data-raw 'c d' 'http://h/a?b=1'");
});
