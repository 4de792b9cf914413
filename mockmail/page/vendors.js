// The vendors: addresses, credentials and operations.

import { button, copyable, copyButton, facts, fill, h, table } from "./dom.js";
import { firstMail } from "./first_mail.js";
import { counted, curlOfRequest, pretty } from "./format.js";
import { PageSection } from "./section.js";

/** @typedef {{ headers: Record<string, string>, examples: { operation: string, method: string, path: string, headers: Record<string, string>, body: string, after: string[] }[] }} Examples */

export class VendorsSection extends PageSection {
  title = "Vendors";

  /** @param {HTMLElement} main @param {import("./format.js").Place} place */
  show(main, place) {
    this.open(main, "…");
    this.load(() => this.view(place.id), (shown) => fill(/** @type {Element} */ (this.root), shown));
  }

  /** @param {string | null} name */
  async view(name) {
    const { vendors } = await this.app.api.get("vendors");
    for (const each of vendors) this.putPrefix(each);
    const vendor = vendors.find((/** @type {any} */ each) => each.name === name);
    return vendor ? this.vendorView(vendor, await this.app.api.get(`vendors/${encodeURIComponent(vendor.name)}/examples`)) : [
      h("h2", null, "Vendors"),
      table(["Vendor", "Base URL", "Serves"], vendors.map((/** @type {any} */ each) => [
        h("a", { href: this.app.address("vendors", each.name) }, each.title), h("code", null, each.url), counted(each.operations.length, "operation")]), "stack"),
      await firstMail(this.app.api),
    ];
  }

  /** Put the prefix, which a proxy took off the path, into the addresses. @param {any} vendor */
  putPrefix(vendor) {
    const [served, reached] = [vendor.root, this.app.api.vendorAddress(vendor.name)];
    vendor.root = reached;
    vendor.url = reached + vendor.url.slice(served.length);
    for (const [name, value] of Object.entries(vendor.environment)) {
      if (value.startsWith(served)) vendor.environment[name] = reached + value.slice(served.length);
    }
  }

  /** @param {any} vendor @param {Examples} examples */
  vendorView(vendor, examples) {
    const exports = Object.entries(vendor.environment).map(([name, value]) => `export ${name}='${value}'`).join("\n");
    const field = h("input", { type: "search", class: "grow", placeholder: "Filter the operations", "aria-label": "Filter the operations", oninput: () => list() });
    const operations = h("div");
    const composer = new Composer(this.app, vendor, examples);
    const list = () => fill(operations, table(["Operation", "Call", "Evidence", "What it does"], vendor.operations
      .filter((/** @type {any} */ operation) => JSON.stringify(operation).toLowerCase().includes(field.value.toLowerCase()))
      .map((/** @type {any} */ operation) => [
        h("button", { type: "button", class: "link", title: "Try it", onclick: () => composer.begin(operation) }, operation.name), [h("span", { class: "faint" }, operation.methods.join(", ")), " ", h("code", null, operation.path)],
        h("span", { class: `tag ${operation.evidence === "assumed" ? "warn" : "good"}`, title: operation.source }, operation.evidence), operation.summary]), "stack"));
    list();
    return [
      h("a", { href: this.app.address("vendors") }, "← Vendors"),
      h("h2", null, vendor.title),
      h("p", null, this.app.docs(`vendors/${vendor.name}.html`, "What is emulated, and what differs")),
      h("h3", null, "Base URL"), copyable(vendor.url),
      h("h3", null, "Environment"), copyable(exports),
      h("h3", null, "Credentials"), facts(Object.entries(vendor.credentials).map(([name, value]) => [name, copyable(String(value))])),
      h("h3", null, "Try a call"), composer.element,
      h("h3", null, counted(vendor.operations.length, "operation")), field, operations,
      vendor.not_emulated.length ? [h("h3", null, "Not emulated"), table(["Operation", "Call", "Why"], vendor.not_emulated.map((/** @type {any} */ missing) =>
        [missing.name, h("code", null, `${missing.method} ${missing.path}`), missing.reason]), "stack")] : null,
    ];
  }
}

/** A form that sends one request to a vendor and shows the response. */
class Composer {
  /** @param {import("./app.js").App} app @param {any} vendor @param {Examples} examples */
  constructor(app, vendor, examples) {
    this.url = vendor.root;
    this.operations = vendor.operations;
    this.examples = examples;
    this.method = h("input", { value: "GET", size: 8, "aria-label": "Method" });
    this.path = h("input", { value: "/", class: "path", "aria-label": "Path" });
    this.headers = h("textarea", { rows: 5, class: "low", spellcheck: false, placeholder: "Name: value" });
    this.body = h("textarea", { rows: 4, class: "low", spellcheck: false });
    this.response = h("div", { role: "status" });
    this.requests = app.address("requests");
    this.note = h("p", { class: "faint" });
    this.element = h("details", null, h("summary", null, "Compose a request"),
      h("div", { class: "actions" }, this.method, this.path, button("Send", () => this.send(), "main"), copyButton(() => this.curl(), "Copy as curl")),
      this.note,
      h("label", { class: "field" }, "Headers", this.headers), h("label", { class: "field" }, "Body", this.body), this.response);
    if (vendor.operations.length) this.take(vendor.operations[0]);
  }

  /** @param {any} operation */
  take(operation) {
    const example = this.examples.examples.find((each) => each.operation === operation.name);
    this.method.value = example?.method ?? operation.methods[0];
    this.path.value = example?.path ?? operation.path.replace(/\{[^}]*\*\}$/, "");
    this.headers.value = Object.entries(example?.headers ?? this.examples.headers).map(([name, value]) => `${name}: ${value}`).join("\n");
    this.body.value = example?.body ?? "";
    fill(this.note, !example ? `${operation.name}: a name in braces stands for a value that an earlier response shows.`
      : example.after.length ? [`${operation.name} needs what another request makes. Send that first: `, example.after.map((name) => this.link(name))]
        : `${operation.name}: it succeeds while the records of the seed are there.`);
  }

  /** Return a button that opens the form for another operation. @param {string} name */
  link(name) {
    return h("button", { type: "button", class: "link", onclick: () => this.begin(this.operations.find((/** @type {any} */ each) => each.name === name)) }, name);
  }

  /** Open the form for an operation. @param {any} operation */
  begin(operation) {
    this.take(operation);
    fill(this.response);
    this.element.open = true;
    this.path.focus();
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** @returns {[string, string][]} */
  given() {
    return this.headers.value.split("\n").filter((/** @type {string} */ line) => line.includes(":"))
      .map((/** @type {string} */ line) => line.split(/:\s*(.*)/s).slice(0, 2));
  }

  curl() {
    return curlOfRequest(this.url, { method: this.method.value, path: this.path.value, query: "", request: { headers: this.given(), body: this.body.value } });
  }

  async send() {
    const response = await fetch(`${this.url}${this.path.value}`, { method: this.method.value, headers: this.given(), body: this.body.value || undefined });
    const text = await response.text();
    fill(this.response, h("p", null, `Status ${response.status}. `, h("a", { href: this.requests }, "See the request.")),
      h("pre", null, pretty(text, response.headers.get("Content-Type") ?? "") || "(no body)"));
  }
}
