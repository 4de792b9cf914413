// Faults, stubs, SMTP faults, rate limits and the clock: what is arranged, and how often it was met.

import { button, fill, h, table } from "./dom.js";
import { PageSection } from "./section.js";

/** @typedef {{ name: string, label: string, type?: string, options?: string[], value?: string, title?: string, wide?: boolean }} Field */

export class FaultsSection extends PageSection {
  title = "Faults";

  /** @param {import("./app.js").App} app */
  constructor(app) {
    super(app);
    this.arranged = 0;
  }

  forget() {
    super.forget();
    this.arranged = 0;
  }

  count() {
    return this.arranged;
  }

  /** @param {HTMLElement} main */
  show(main) {
    this.open(main, "…");
    this.draw();
  }

  /** Count what is arranged, before the section is first shown. */
  async countAll() {
    const { api } = this.app;
    const [{ faults }, { stubs }, { faults: smtp }, { limits }] = await Promise.all(["faults", "stubs", "smtp/faults", "limits"].map((path) => api.get(path)));
    this.arranged = faults.length + stubs.length + smtp.length + limits.length;
  }

  /** Read all rules, and draw the section. */
  draw() {
    const { api } = this.app;
    return this.load(() => Promise.all([
      api.get("faults"), api.get("stubs"), api.get("smtp/faults"), api.get("limits"), api.get("clock"), api.get("vendors"), api.get("openapi.json"),
    ]), ([{ faults }, { stubs }, { faults: smtp }, { limits }, clock, { vendors }, document]) => {
      this.arranged = faults.length + stubs.length + smtp.length + limits.length;
      this.app.showCounts();
      this.render({ faults, stubs, smtp, limits, clock, vendors, schemas: document.components.schemas });
    }, this.asked);
  }

  /** @param {any} found */
  render({ faults, stubs, smtp, limits, clock, vendors, schemas }) {
    const { vendor = vendors[0]?.name, operation = "*" } = this.app.place.query;
    const names = vendors.map((/** @type {any} */ each) => each.name);
    const choices = (/** @type {string} */ type, /** @type {string} */ name) => enumOf(schemas[type]?.properties[name], schemas);
    const where = [{ name: "vendor", label: "Vendor", options: names, value: vendor }, { name: "operation", label: "Operation", value: operation }];
    fill(/** @type {Element} */ (this.root),
      h("h2", null, "Faults"),
      h("p", { class: "faint" }, "What is arranged here happens to the next calls of this sandbox. ", this.app.docs("faults.html", "How faults work")),
      h("h3", null, "Faults of a vendor"),
      this.rows("faults", faults, (fault) => [`${fault.vendor} ${fault.operation}`, outcome(fault), counts(fault)], "A fault makes the next calls of an operation fail, or late, or lose their connection."),
      followVendor(vendors, this.form("faults", "Add a fault", [
        ...where,
        { name: "error", label: "The vendor's own error", options: [""] },
        { name: "status", label: "Or status", type: "number" },
        { name: "transport", label: "Or connection", options: ["", ...choices("NewFault", "transport")] },
        { name: "message", label: "Text of the error" },
        { name: "delay", label: "Delay in seconds", type: "number" },
        { name: "times", label: "How often (empty: always)", type: "number", value: "1" },
        { name: "after", label: "After how many calls", type: "number" },
        { name: "when", label: "Acts before or after", options: ["", "before", "after"], title: "before the handler, which is not called, or after it" },
      ], (given) => ({ ...given, times: given.times ?? null }))),
      h("h3", null, "Stubs"),
      this.rows("stubs", stubs, (stub) => [stub.operation ? `${stub.vendor} ${stub.operation}` : `${stub.method ?? "any method"} ${stub.path}`, stub.responses.map((/** @type {any} */ response) => response.status).join(", "), counts(stub)], "A stub responds to a path or an operation in place of the vendor."),
      followVendor(vendors, this.form("stubs", "Add a stub", [
        { name: "vendor", label: "Vendor", options: ["", ...names], value: "" }, { name: "operation", label: "Operation" },
        { name: "method", label: "Or method" }, { name: "path", label: "and path" },
        { name: "status", label: "Status", type: "number", value: "200" }, { name: "times", label: "How often (empty: always)", type: "number" },
        { name: "text", label: "Body as text", wide: true },
      ])),
      h("h3", null, "SMTP faults"),
      this.rows("smtp/faults", smtp, (fault) => [`${fault.stage} ${fault.sender ?? ""} ${fault.recipient ?? ""}`, fault.disconnect ? "disconnects" : `${fault.code ?? ""} ${fault.text}`, counts(fault)], "An SMTP fault refuses mail at a stage of its dialogue."),
      this.form("smtp/faults", "Add an SMTP fault", [
        { name: "stage", label: "Stage", options: choices("NewSmtpFault", "stage") },
        { name: "code", label: "Code", type: "number", value: "451" }, { name: "text", label: "Text" },
        { name: "sender", label: "Sender (a pattern)" }, { name: "recipient", label: "Recipient (a pattern)" },
        { name: "times", label: "How often (empty: always)", type: "number", value: "1" }, { name: "after", label: "After how many", type: "number" },
      ], (given) => ({ ...given, times: given.times ?? null })),
      h("h3", null, "Rate limits"),
      this.rows("limits", limits, (limit) => [`${limit.vendor} ${limit.operation}`, `${limit.calls} calls in ${limit.window} s`, limit.methods.join(", ") || "all"], "A limit responds as the vendor does to too many calls.", ["What", "Limit", "Methods"]),
      followVendor(vendors, this.form("limits", "Add a limit", [...where, { name: "calls", label: "Calls", type: "number", value: "10" }, { name: "window", label: "Seconds", type: "number", value: "60" }])),
      h("h3", null, "Clock"),
      this.clock(clock));
  }

  /** @param {string} path @param {any[]} rules @param {(rule: any) => any[]} cells @param {string} purpose @param {string[]} [head] */
  rows(path, rules, cells, purpose, head = ["What", "How", "Met"]) {
    if (!rules.length) return h("p", { class: "faint" }, `None. ${purpose}`);
    return [
      table([...head, "Action"], rules.map((rule) => [...cells(rule), rule.id !== undefined && button("Remove", () => this.change("DELETE", `${path}/${rule.id}`), "danger")]), "rules"),
      rules.length > 1 && h("div", { class: "actions" }, button("Remove all", () => this.change("DELETE", path), "danger")),
    ];
  }

  /** @param {string} path @param {string} label @param {Field[]} fields @param {(given: any) => any} [finish] */
  form(path, label, fields, finish = (given) => given) {
    const inputs = fields.map((field) => [field, control(field)]);
    const error = h("p", { class: "error wide", role: "alert", hidden: true });
    const form = h("form", { class: "grid", onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      const given = Object.fromEntries(inputs.filter(([, input]) => input.value !== "")
        .map(([field, input]) => [field.name, field.type === "number" ? Number(input.value) : input.value]));
      try {
        await this.change("POST", path, finish(given));
      } catch (failure) {
        error.hidden = false;
        error.textContent = /** @type {Error} */ (failure).message;
      }
    } }, inputs.map(([field, input]) => h("label", { class: field.wide ? "wide" : null, title: field.title }, field.label, input)), h("button", { class: "main" }, label.replace(/^Add an? /, "Add this ")), error);
    const isAsked = path === "faults" && this.app.place.query.operation;
    return h("details", { open: Boolean(isAsked) }, h("summary", null, label), form);
  }

  /** @param {{ now: string, frozen: boolean }} clock */
  clock(clock) {
    const at = h("input", { value: `${clock.now.slice(0, 19)}Z`, "aria-label": "Time", size: 28 });
    const seconds = h("input", { type: "number", value: "3600", "aria-label": "Seconds" });
    return h("div", null, h("p", null, `${clock.now.slice(0, 19)} UTC, ${clock.frozen ? "frozen" : "running"}`),
      h("div", { class: "actions" }, at, button("Freeze at", () => this.change("POST", "clock/freeze", { at: at.value })), button("Set", () => this.change("POST", "clock/set", { at: at.value })), button("Run", () => this.change("POST", "clock/resume"))),
      h("div", { class: "actions" }, seconds, button("Advance by these seconds", () => this.change("POST", "clock/advance", { seconds: Number(seconds.value) }))));
  }

  /** @param {string} method @param {string} path @param {unknown} [body] */
  async change(method, path, body) {
    await this.app.api.call(method, path, body);
    if (this.app.place.query.operation) this.app.go("faults");
    await this.draw();
  }

  /** @param {import("./api.js").ServerEvent} event */
  onevent(event) {
    if (this.isFree && (event.kind === "fault" || event.kind === "clock")) this.draw();
  }
}

/** @param {any} schema @param {any} schemas @returns {string[]} */
function enumOf(schema, schemas) {
  if (!schema) return [];
  if (schema.$ref) return enumOf(schemas[schema.$ref.split("/").at(-1)], schemas);
  if (schema.enum) return schema.enum.filter((/** @type {any} */ value) => value !== null);
  return (schema.anyOf ?? schema.allOf ?? []).flatMap((/** @type {any} */ part) => enumOf(part, schemas));
}

/** Let a form offer the operations and the errors of the vendor that is chosen in it. @param {any[]} vendors @param {any} form */
function followVendor(vendors, form) {
  const [vendor, operation, error] = ["vendor", "operation", "error"].map((name) => form.querySelector(`[name=${name}]`));
  const known = h("datalist", { id: `operations-${form.querySelector("summary").textContent.split(" ").at(-1)}` });
  operation.setAttribute("list", known.id);
  form.append(known);
  const offer = () => {
    const chosen = vendors.filter((each) => each.name === vendor.value);
    fill(known, chosen.flatMap((each) => each.operations).map((each) => h("option", { value: each.name }, each.summary)));
    if (error) fill(error, h("option", { value: "" }, "–"), Object.entries(chosen[0]?.errors ?? {}).map(([name, text]) => h("option", { value: name }, `${name}: ${text}`)));
  };
  vendor.addEventListener("change", offer);
  offer();
  return form;
}

/** @param {any} rule */
function outcome(rule) {
  const how = [rule.status ?? rule.error ?? rule.transport, rule.delay ? `after ${JSON.stringify(rule.delay)} s` : "", rule.when ? `${rule.when} the handler` : ""];
  return how.filter(Boolean).join(", ") || "delay";
}

/** @param {any} rule */
function counts(rule) {
  return `${rule.used} of ${rule.times ?? "all"}${rule.after ? `, after ${rule.after}` : ""}`;
}

/** @param {Field} field @returns {any} */
function control(field) {
  if (field.options) {
    const select = h("select", { name: field.name }, field.options.map((option) => h("option", { value: option }, option || "–")));
    select.value = field.value ?? field.options[0] ?? "";
    return select;
  }
  if (field.wide) return h("textarea", { name: field.name, class: "low" });
  return h("input", { name: field.name, type: field.type ?? "text", step: field.type === "number" ? "any" : null, value: field.value ?? "" });
}
