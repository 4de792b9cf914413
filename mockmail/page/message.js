// One message, seen from every side.

import { button, chooseTab, copyable, copyButton, facts, fill, h, table, tabs } from "./dom.js";
import { counted, dateAndTime, pytestOfMessage, shellWord, size } from "./format.js";

const WIDTHS = [["Phone", "phone"], ["Tablet", "tablet"], ["Full width", ""]];
const MOST_SHOWN = 200_000;
let chosenTab = "Preview";
let chosenWidth = "";

/**
 * Return the view of a message.
 * @param {import("./app.js").App} app @param {any} message @param {() => Promise<void>} remove
 * @param {HTMLElement} walk links to the list and to the messages beside this one
 */
export function messageView(app, message, remove, walk) {
  const url = `messages/${encodeURIComponent(message.id)}`;
  const by = message.sent_by;
  const sender = by.vendor
    ? [`${by.vendor} ${by.operation}`, by.exchange !== undefined && [" (", h("a", { href: app.address("requests", by.exchange) }, `request ${by.exchange}`), ")"]].flat()
    : "an SMTP client";
  /** @type {[string, () => any, string?][]} */
  const panels = [
    ["Preview", () => (message.html ? preview(app, message) : source(message.text || "(no text)"))],
    ["Text", () => source(message.text || "(no text)")],
    ["HTML", () => source(message.html || "(no HTML)")],
    ["Headers", () => table(["Name", "Value"], message.headers, "names")],
    ["Raw", () => raw(app, message, url)],
    ["Parts", () => parts(app, url)],
    ["Envelope, SMTP", () => envelope(message), "SMTP"],
    ["Delivery", () => delivery(message)],
    ["Links and codes", () => links(message), "Links"],
    ["Checks", () => checks(app, url)],
  ];
  const views = tabs("Views of the message", panels, chosenTab, (label) => { chosenTab = label; });
  const attachments = message.attachments.map((/** @type {any} */ part) =>
    h("button", { type: "button", class: "chip", onclick: () => chooseTab(views, "Parts") }, h("img", { src: "clip.svg", alt: "" }), `${part.filename ?? part.content_type} `, h("span", { class: "faint" }, size(part.size))));
  return h("article", { class: "page" },
    walk,
    h("h2", null, message.subject || "(no subject)"),
    facts([
      ["From", message.from || "(null sender)"],
      ["To", message.to.join(", ")],
      ["Cc", message.cc.join(", ")],
      ["Recipients", isAddressed(message) ? null : message.envelope.recipients.join(", ")],
      ["Received", `${dateAndTime(message.received_at)}, ${size(message.size)}`],
      ["Sent by", sender],
      ["Attachments", attachments.length ? attachments : null],
    ]),
    message.unparsed.map((/** @type {string} */ sentence) => h("p", { class: "tag warn" }, sentence)),
    h("div", { class: "actions" },
      copyButton(() => pytestOfMessage(message), "Copy as pytest"),
      copyButton(() => `curl --fail ${shellWord(`${app.api.origin}${app.api.prefix}/_mockmail/${url}`)}`, "Copy as curl"),
      button("Delete", remove, "danger")),
    views);
}

/** Return whether the headers name the recipients of the envelope, and nobody else. @param {any} message */
function isAddressed(message) {
  const sorted = (/** @type {string[]} */ addresses) => [...new Set(addresses.map((address) => address.toLowerCase()))].sort().join();
  return sorted(message.envelope.recipients) === sorted([...message.to, ...message.cc]);
}

/** @param {import("./app.js").App} app @param {any} message */
function preview(app, message) {
  const frame = h("iframe", { class: `preview ${chosenWidth}`, sandbox: "", title: "HTML of the message", src: app.api.path(message.preview), referrerpolicy: "no-referrer" });
  const widths = WIDTHS.map(([label, name]) => h("button", { type: "button", "aria-pressed": String(name === chosenWidth), onclick: () => choose(name) }, label));
  /** @param {string} name */
  function choose(name) {
    chosenWidth = name;
    frame.className = `preview ${name}`;
    widths.forEach((choice, at) => choice.setAttribute("aria-pressed", String(WIDTHS[at][1] === name)));
  }
  return [h("div", { class: "actions widths" }, h("span", { role: "group", "aria-label": "Width" }, widths), h("span", { class: "faint" }, "Nothing runs in it, and nothing is loaded from outside.")), frame];
}

/** Return a text as it is; of a long one the beginning, because a browser takes seconds for more. @param {string} text */
function source(text) {
  const rest = text.length - MOST_SHOWN;
  return h("pre", { tabindex: "0" }, rest > 0 ? `${text.slice(0, MOST_SHOWN)}\n… and ${rest.toLocaleString()} characters more: download the message` : text);
}

/** @param {import("./app.js").App} app @param {any} message @param {string} url */
function raw(app, message, url) {
  const shown = h("pre", null, "…");
  app.api.fetch("GET", `${url}/raw`).then((response) => response.text()).then((text) => {
    shown.replaceWith(source(text));
  }, (error) => { shown.textContent = error.message; });
  return [h("div", { class: "actions" }, button("Download", () => download(app, `${url}/raw`, `${message.id}.eml`))), shown];
}

/** @param {import("./app.js").App} app @param {string} url */
function parts(app, url) {
  const shown = h("div", null, "…");
  app.api.get(`${url}/parts`).then((found) => {
    fill(shown, table(["No.", "Type", "Name", "Size", "SHA-256", "Action"], found.parts.map((/** @type {any} */ part) => [
      part.number, part.content_type, part.filename || part.content_id || part.disposition || "body", size(part.size),
      h("code", { title: part.sha256 }, part.sha256.slice(0, 12)),
      button("Download", () => download(app, `${url}/parts/${part.number}`, part.filename || `part-${part.number}`)),
    ]), "parts"));
  }, (error) => fill(shown, h("p", { class: "error" }, error.message)));
  return shown;
}

/** @param {import("./app.js").App} app @param {string} url */
function checks(app, url) {
  const shown = h("div", null, "…");
  app.api.get(`${url}/checks`).then(({ findings }) => {
    fill(shown, findings.length ? table(["What", "Where", "Rule"], findings.map((/** @type {any} */ found) => [found.text, found.line && `line ${found.line}`, found.source]), "stack")
      : h("p", null, h("span", { class: "tag good" }, "passed"), " Headers, line breaks, line lengths and encodings are as the standards want them."));
  }, (error) => fill(shown, h("p", { class: "error" }, error.message)));
  return shown;
}

/** @param {import("./app.js").App} app @param {string} path @param {string} name */
export async function download(app, path, name) {
  const response = await app.api.fetch("GET", path);
  const url = URL.createObjectURL(await response.blob());
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** @param {any} message */
function envelope(message) {
  const { envelope: sent } = message;
  return [
    facts([
      ["HELO", sent.helo], ["Sender", sent.sender || "(null sender)"], ["Recipients", sent.recipients.join(", ")],
      ["Parameters", [...sent.mail_parameters, ...sent.recipient_parameters].join(" ")], ["AUTH user", sent.auth_user],
      ["TLS", sent.tls || "none"], ["Client", sent.peer], ["Relay", message.sent_by.relay],
    ]),
    h("h3", null, "SMTP transcript"),
    h("pre", null, sent.transcript.join("\n") || "(no dialogue: the message was stored without SMTP)"),
  ];
}

/** @param {any} message */
function delivery(message) {
  const traces = message.traces;
  if (traces.every((/** @type {any} */ trace) => trace.result === "not_hosted" && trace.path.length === 1)) return h("p", { class: "faint" }, "No vendor hosts a mailbox of these recipients, so the message is in this inbox alone.");
  return table(["Recipient", "Through", "Where"], traces.map((/** @type {any} */ trace) => [trace.recipient, trace.path.slice(1).join(" → "), whereOf(trace)]));
}

/** @param {any} trace */
function whereOf(trace) {
  switch (trace.result) {
    case "delivered": return `${trace.vendor}, mailbox ${trace.mailbox}`;
    case "not_hosted": return "not hosted by a vendor";
    case "refused": return `refused: ${trace.reply}`;
    case "loop": return `lost: ${trace.vendor} forwards it in a circle`;
    default: return `lost: ${trace.vendor} dropped it, its mailbox was full, or the alias leads nowhere`;
  }
}

/** @param {any} message */
function links(message) {
  const codes = message.codes;
  return [
    h("h3", null, counted(message.links.length, "link")), message.links.map(copyable),
    h("h3", null, `${counted(codes.length, "number")} that may be a code`), codes.map(copyable),
  ];
}
