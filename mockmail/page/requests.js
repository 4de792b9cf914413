// The requests: what clients asked of the vendors, and what they were told.

import { button, copyButton, facts, failure, fill, h, table, tabs } from "./dom.js";
import { clockTime, counted, curlOfRequest, dateAndTime, duration, named, pretty, pytestOfRequest } from "./format.js";

const LIMIT = 500;
/** How often requests are counted anew because one arrived meanwhile; after that, the count may be off by a few. */
const MOST_COUNTS = 5;
const UNFILTERED = "{}";
/** How many mails of a request are shown with their subjects; the others by their ids. */
const MOST_NAMED = 10;

export class RequestsSection {
  title = "Requests";

  /** @param {import("./app.js").App} app */
  constructor(app) {
    this.app = app;
    this.filters = {
      vendor: h("input", { size: 10, placeholder: "Vendor", "aria-label": "Vendor" }),
      path: h("input", { type: "search", class: "grow", placeholder: "Path", "aria-label": "A part of the path" }),
      status: h("input", { size: 5, inputmode: "numeric", placeholder: "Status", "aria-label": "Status" }),
      unmatched: h("input", { type: "checkbox", onchange: () => this.filterBy() }),
    };
    this.summary = h("span", { class: "faint", role: "status" });
    this.clearButton = button("Clear", () => this.clear(), "link danger");
    this.clearButton.hidden = true;
    const form = h("form", { class: "bar", role: "search", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.filterBy(); } },
      this.filters.path, this.filters.vendor, this.filters.status, h("label", null, this.filters.unmatched, " unmatched"),
      h("button", null, "Filter"), h("div", { class: "tally" }, this.summary, this.clearButton));
    this.error = h("p", { class: "error", role: "alert", hidden: true });
    this.list = h("ul", { class: "rows requests", "aria-label": "Requests" });
    this.detail = h("div", { class: "pane detail", role: "region", "aria-label": "Request" });
    this.split = h("div", { class: "split" }, h("div", { class: "pane list" }, form, this.error, this.list), this.detail);
    /** @type {any[]} */
    this.requests = [];
    this.total = 0;
    /** How many the filters find. */
    this.found = 0;
    /** Requests that were told by events. */
    this.arrived = 0;
    /** @type {string | null} the filters of what is listed, as JSON; null before anything is */
    this.filter = null;
    /** @type {string | null | undefined} the request that is read */
    this.shown = undefined;
    /** The number of lists that were chosen; the response to an earlier one is not shown. */
    this.chosen = 0;
    this.isLoading = false;
    this.isStale = false;
  }

  forget() {
    this.requests = [];
    this.total = 0;
    this.filter = null;
    this.shown = undefined;
  }

  count() {
    return this.total;
  }

  /** Count the requests; again if one arrived meanwhile, since the reply may not include it. */
  async countAll() {
    let known;
    for (let counts = 0; counts < MOST_COUNTS && known !== this.arrived; counts += 1) {
      known = this.arrived;
      this.total = (await this.app.api.get("requests", { limit: 0 })).total;
    }
  }

  /** @param {HTMLElement} main @param {import("./format.js").Place} place */
  show(main, place) {
    if (!main.contains(this.split)) fill(main, this.split);
    this.filters.vendor.value = place.query.vendor ?? "";
    this.filters.path.value = place.query.path ?? "";
    this.filters.status.value = place.query.status ?? "";
    this.filters.unmatched.checked = place.query.unmatched === "yes";
    const filter = JSON.stringify(this.query());
    if (filter !== this.filter) {
      this.filter = filter;
      this.chosen += 1;
      this.load();
    }
    this.split.classList.toggle("reading", place.id !== null);
    if (place.id !== this.shown) this.open(place.id);
    this.markChosen();
  }

  filterBy() {
    const { vendor, path, status, unmatched } = this.filters;
    this.app.go("requests", null, { vendor: vendor.value.trim(), path: path.value.trim(), status: status.value.trim(), unmatched: unmatched.checked ? "yes" : "" });
  }

  /** Read the list; while it is being read, note that it has to be read again. */
  async load() {
    if (this.isLoading) {
      this.isStale = true;
      return;
    }
    this.isLoading = true;
    this.isStale = false;
    const { chosen } = this;
    if (!this.requests.length) this.summary.textContent = "loading …";
    const { unmatched, ...filters } = JSON.parse(this.filter ?? UNFILTERED);
    /** @type {{ requests: any[], total: number }} */
    let found = { requests: [], total: 0 };
    /** @type {Error | null} */
    let failed = null;
    try {
      found = unmatched ? await this.app.api.get("requests/unmatched", { limit: LIMIT })
        : await this.app.api.get("requests", { ...filters, limit: LIMIT });
    } catch (error) {
      failed = /** @type {Error} */ (error);
    }
    this.isLoading = false;
    if (chosen === this.chosen) {
      this.requests = found.requests;
      this.found = found.total;
      if (this.filter === UNFILTERED && !failed) this.total = found.total;
      this.error.hidden = !failed;
      this.error.textContent = failed?.message ?? "";
      this.renderList(); // also when it is read again: while requests arrive all the time, each list is stale
    }
    if (this.isStale) this.load();
  }

  renderList() {
    fill(this.list, this.requests.map((request) => this.row(request)));
    this.renderSummary();
    this.app.showCounts();
    if (this.shown === null) this.open(null);
    this.markChosen();
  }

  renderSummary() {
    const isWhole = this.filter === UNFILTERED;
    const shown = this.requests.length < this.found ? `, the newest ${this.requests.length} are listed` : "";
    this.split.classList.toggle("blank", !this.requests.length);
    this.clearButton.hidden = !this.found || !isWhole;
    this.summary.textContent = this.found ? `${counted(this.found, "request")}${isWhole ? "" : " found"}${shown}` : "";
  }

  /** @param {any} request */
  row(request) {
    const mails = request.messages.length ? ` · ${counted(request.messages.length, "mail")}` : "";
    return h("li", { "data-id": request.id, class: request.operation ? null : "unmatched" },
      h("a", { href: this.app.address("requests", request.id, this.query()) },
        h("b", { class: "method" }, request.method), " ",
        h("span", { class: "first", title: request.path }, request.path),
        h("time", { class: "time", datetime: request.at }, clockTime(request.at)), " ",
        statusTag(request.status), " ",
        h("span", { class: "second" }, request.vendor ?? "no vendor", " ", request.operation ?? h("span", { class: "tag warn" }, "unmatched")),
        h("span", { class: "meta" }, `${duration(request.seconds)}${mails}`)));
  }

  /** The filters of the address. @returns {Record<string, string>} */
  query() {
    return Object.fromEntries(Object.entries(this.app.place.query).filter(([name, value]) => name in this.filters && value));
  }

  markChosen() {
    for (const row of this.list.children) {
      if (row.dataset.id === this.app.place.id) row.firstElementChild.setAttribute("aria-current", "true");
      else row.firstElementChild.removeAttribute("aria-current");
    }
  }

  /** @param {string | null} id */
  async open(id) {
    this.shown = id;
    if (id === null) {
      fill(this.detail, this.error.hidden && !this.isLoading && h("div", { class: "empty" }, this.blank()));
      return;
    }
    try {
      const request = await this.app.api.get(`requests/${encodeURIComponent(id)}`);
      if (this.shown === id) fill(this.detail, requestView(this.app, request));
    } catch (error) {
      if (this.shown === id) fill(this.detail, failure(error, this.app.address("requests", null, this.query()), "← Requests"));
    }
  }

  /** Return what is shown while no request is chosen. */
  blank() {
    if (this.requests.length) return ["Choose a request. ", h("kbd", null, "j"), " and ", h("kbd", null, "k"), " move, ", h("kbd", null, "?"), " lists the keys."];
    if (this.filter !== UNFILTERED) return [h("h2", null, "No request matches"), h("p", null, h("a", { href: this.app.address("requests") }, "Show all requests"))];
    return [h("h2", null, "No request yet"), h("p", null, "Every call to a vendor appears here, with its response, the mails that it caused, and the reason when no operation serves it."),
      h("p", null, h("a", { href: this.app.address("vendors") }, "Vendors"), " shows the addresses and credentials, and sends examples.")];
  }

  async clear() {
    if (!confirm("Remove all requests of this sandbox from the journal?")) return;
    await this.app.api.call("DELETE", "requests");
    this.total = 0;
    this.filter = null;
    this.app.go("requests");
    this.app.render();
  }

  /** @param {import("./api.js").ServerEvent} event */
  onevent(event) {
    if (event.kind !== "request") return;
    this.total += 1;
    this.arrived += 1;
    if (!this.list.isConnected) this.filter = null;
    if (this.filter === null) return;
    if (this.isLoading || this.filter !== UNFILTERED) {
      this.load();
      return;
    }
    this.requests.unshift(event.data);
    this.found += 1;
    this.list.prepend(this.row(event.data));
    if (this.requests.length > LIMIT) {
      this.requests.pop();
      this.list.lastElementChild.remove();
    }
    this.renderSummary();
    if (this.total === 1 && this.shown === null) this.open(null);
  }

  /** @param {string} key */
  onkey(key) {
    const position = this.requests.findIndex((request) => String(request.id) === this.app.place.id);
    if (key === "j" || key === "k") {
      const next = this.requests[position < 0 ? 0 : position + (key === "j" ? 1 : -1)];
      if (next) {
        this.app.go("requests", next.id, this.query());
        this.list.querySelector(`[data-id="${next.id}"] a`)?.focus();
      }
    } else if (key === "Escape") this.app.go("requests", null, this.query());
    else return false;
    return true;
  }
}

/** @param {number | null} status */
function statusTag(status) {
  return h("span", { class: `tag ${status === null ? "warn" : status < 400 ? "good" : "bad"}` }, status ?? "no response");
}

/** @param {import("./app.js").App} app @param {any} request */
function requestView(app, request) {
  const origin = app.api.origin + app.api.prefix;
  return h("article", { class: "page" },
    h("a", { class: "back", href: app.address("requests") }, "← Requests"),
    h("h2", null, `${request.method} ${request.path}`),
    facts([
      ["Status", statusTag(request.status)],
      ["Vendor", request.vendor], ["Operation", request.operation ?? "none serves it"], ["Caller", request.caller],
      ["Query", request.query], ["At", dateAndTime(request.at)], ["Took", duration(request.seconds)],
      ["Refused because", request.refusal], ["Fault", request.fault],
      ["Mails", request.messages.length ? request.messages.map((/** @type {string} */ id, /** @type {number} */ at) => h("div", null, mailLink(app, id, at < MOST_NAMED))) : null],
    ]),
    request.nearest?.length ? [h("h3", null, "Nearest operations"), nearest(request.nearest)] : null,
    h("div", { class: "actions" },
      copyButton(() => curlOfRequest(origin, request), "Copy as curl"),
      copyButton(() => pytestOfRequest(request), "Copy as pytest"),
      request.operation && button("Fail the next one", () => app.go("faults", null, { vendor: request.vendor, operation: request.operation }))),
    tabs("Request and response", [
      ["Response", () => side(request.response)],
      ["Request", () => side(request.request)],
      ...(request.crash ? [/** @type {[string, () => any]} */ (["Traceback", () => h("pre", null, request.crash)])] : []),
    ], "Response"));
}

/** Return a link to a mail, which says its subject once that is read. @param {import("./app.js").App} app @param {string} id @param {boolean} isNamed */
function mailLink(app, id, isNamed) {
  const link = h("a", { href: app.address("inbox", id) }, id);
  if (isNamed) {
    app.api.get(`messages/${encodeURIComponent(id)}`).then(
      (message) => fill(link, `${message.subject || "(no subject)"} to ${named(message.envelope.recipients)}`),
      (error) => link.after(` ${error.status === 404 ? "(deleted)" : error.message}`));
  }
  return link;
}

/** @param {any[]} operations */
function nearest(operations) {
  return h("ul", { class: "near" }, operations.map((near) => h("li", null, typeof near === "string" ? near
    : Object.values(near).filter((value) => typeof value === "string").join(" · "))));
}

/** @param {{ headers: [string, string][], body: string, cut: boolean }} message */
function side(message) {
  const type = message.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  return [
    h("pre", null, message.body ? pretty(message.body, type) : "(no body)"),
    message.cut && h("p", { class: "tag warn" }, "The journal keeps only a part of this body (--max-journal-body)."),
    h("h3", null, "Headers"), table(["Name", "Value"], message.headers, "names"),
  ];
}
