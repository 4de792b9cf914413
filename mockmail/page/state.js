// The state: the vendors' records, which can be read, edited, saved and reset.

import { announce, button, fill, h } from "./dom.js";
import { counted } from "./format.js";
import { download } from "./message.js";
import { PageSection } from "./section.js";

const SHOWN = 200;
const SECRET = /passw|secret|key|token|hash/i;

export class StateSection extends PageSection {
  title = "State";

  /** @param {HTMLElement} main @param {import("./format.js").Place} place */
  show(main, place) {
    const [vendor, table] = (place.id ?? "").split("/");
    this.open(main, "…");
    const search = place.query.q ?? "";
    this.load(() => this.read(vendor, table, search), (found) => this.render(found), JSON.stringify([this.app.api.sandbox, vendor, table, search]));
  }

  /** @param {string} vendor @param {string | undefined} table @param {string} search */
  async read(vendor, table, search) {
    const { api } = this.app;
    const { vendors } = await api.get("vendors");
    const names = vendors.map((/** @type {any} */ found) => found.name);
    const chosen = vendor || names[0];
    const { tables } = await api.get(`state/${encodeURIComponent(chosen)}`);
    const shown = table || tables[0]?.name;
    const found = shown ? await api.get(`state/${encodeURIComponent(chosen)}/${encodeURIComponent(shown)}`, { query: search, limit: SHOWN }) : { total: 0, records: [] };
    return { vendors: names, vendor: chosen, tables, table: shown, search, found };
  }

  /**
   * @param {{ vendors: string[], vendor: string, tables: { name: string, records: number }[], table: string | undefined, search: string,
   *   found: { total: number, records: { key: string, record: Record<string, any> }[] } }} state
   */
  render({ vendors, vendor, tables, table, search, found }) {
    const field = h("input", { type: "search", class: "grow", placeholder: "Filter the records", "aria-label": "Filter the records", value: search });
    fill(/** @type {Element} */ (this.root),
      h("h2", null, "State"),
      h("div", { class: "actions" },
        h("label", null, "Vendor ", h("select", { onchange: (/** @type {any} */ event) => this.app.go("state", event.target.value) },
          vendors.map((name) => h("option", { value: name, selected: name === vendor }, name)))),
        button("Download all as a snapshot", () => download(this.app, "state", `${this.app.api.sandbox}.json`)),
        h("label", { class: "button" }, "Upload a snapshot", h("input", { type: "file", class: "unseen", accept: ".json,application/json", onchange: (/** @type {any} */ event) => this.upload(event.target) })),
        this.app.docs("data.html", "How state is kept"),
        button(`Reset ${vendor}`, () => this.reset(vendor), "danger"),
        button("Reset everything", () => this.reset(null), "danger")),
      h("div", { class: "actions", role: "group", "aria-label": "Tables of the vendor" }, tables.map(({ name, records }) =>
        h("a", { href: this.app.address("state", `${vendor}/${name}`), "aria-current": name === table ? "true" : null, class: "tag" }, `${name} ${records.toLocaleString()}`))),
      h("form", { class: "actions", role: "search", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.app.go("state", `${vendor}/${table}`, { q: field.value }); } }, field, h("button", null, "Filter")),
      h("h3", null, `${table ?? "no tables"}: ${counted(found.total, "record")}`),
      table && h("details", null, h("summary", null, "Add a record"), this.editor(vendor, table, found.records[0]?.record ?? {}, null)),
      table && !found.records.length && h("p", { class: "faint" }, search ? "No record has this text." : "No record yet. Add one here; a request of your application that makes one shows it at once."),
      table && found.records.map(({ key, record }) => this.recordView(vendor, table, key, record)),
      found.total > SHOWN && h("p", { class: "faint" }, `${(found.total - SHOWN).toLocaleString()} more: filter them, or download the snapshot.`));
  }

  /** @param {string} vendor @param {string} table @param {string} key @param {Record<string, any>} record */
  recordView(vendor, table, key, record) {
    const texts = Object.entries(record).filter(([, value]) => typeof value === "string" && value);
    const isSecret = texts.some(([name, value]) => SECRET.test(name) && key.includes(value));
    const others = texts.filter(([name, value]) => !SECRET.test(name) && (isSecret || !key.includes(value))).map(([, value]) => value);
    const summary = (isSecret ? others : [key, ...others]).slice(0, 4).join(" · ");
    const details = h("details", { class: "record", ontoggle: () => { if (details.open && details.children.length < 2) details.append(this.editor(vendor, table, record, key)); } },
      h("summary", null, summary || JSON.stringify(record).slice(0, 120)));
    return details;
  }

  /** @param {string} vendor @param {string} table @param {Record<string, any>} record @param {string | null} key null for a new record */
  editor(vendor, table, record, key) {
    const field = h("textarea", { "aria-label": `A record of ${table} as JSON`, spellcheck: false, rows: Object.keys(record).length + 3 });
    field.value = JSON.stringify(record, null, 2);
    return h("div", null, field, h("div", { class: "actions" },
      button(key === null ? "Add" : "Save", () => this.save(vendor, table, field.value), "main"),
      key !== null && button("Delete", () => this.remove(vendor, table, key), "danger")));
  }

  /** @param {string} vendor @param {string} table @param {string} text */
  async save(vendor, table, text) {
    const record = JSON.parse(text);
    await this.app.api.call("PATCH", "state", { format: 1, vendors: { [vendor]: { [table]: [record] } } });
    announce("Saved");
    this.again();
  }

  /** @param {string} vendor @param {string} table @param {string} key */
  async remove(vendor, table, key) {
    await this.app.api.call("DELETE", ["state", vendor, table, key].map((part, at) => (at ? encodeURIComponent(part) : part)).join("/"));
    announce("Deleted");
    this.again();
  }

  /** @param {HTMLInputElement} field */
  async upload(field) {
    const file = field.files?.[0];
    if (!file || !confirm(`Replace the whole state of this sandbox by ${file.name}?`)) return;
    try {
      await this.app.api.call("PUT", "state", JSON.parse(await file.text()));
      this.again();
    } catch (error) {
      field.after(h("p", { class: "error", role: "alert" }, /** @type {Error} */ (error).message));
    }
  }

  /** @param {string | null} vendor */
  async reset(vendor) {
    if (!confirm(vendor ? `Reset the records of ${vendor}?` : "Reset everything in this sandbox, mail and requests included?")) return;
    await this.app.api.call("POST", "reset", vendor ? { vendor } : {});
    for (const section of Object.values(this.app.sections)) section.forget();
    this.app.render();
  }

  again() {
    if (this.root?.isConnected) this.show(this.app.main, this.app.place);
  }

  /** @param {import("./api.js").ServerEvent} event */
  onevent(event) {
    // What is being edited is left alone.
    if (event.kind === "state" && this.isFree) this.again();
  }
}
