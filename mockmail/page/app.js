// The frame of the page: sections, address, keys, sandbox and the stream of events.

import { Api } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { FaultsSection } from "./faults.js";
import { formatPlace, parsePlace } from "./format.js";
import { InboxSection } from "./inbox.js";
import { RequestsSection } from "./requests.js";
import { StateSection } from "./state.js";
import { VendorsSection } from "./vendors.js";

/** @typedef {import("./api.js").ServerEvent} ServerEvent */
/** @typedef {import("./format.js").Place} Place */

/**
 * A section of the page.
 * @typedef {object} Section
 * @property {string} title
 * @property {() => Promise<void>} [countAll]
 * @property {() => number | string} count what the section's link shows beside its title
 * @property {(main: HTMLElement, place: Place) => void} show
 * @property {(event: ServerEvent) => void} onevent
 * @property {(key: string) => boolean} onkey
 * @property {() => void} forget drop what belongs to the sandbox that was chosen before
 */

const KEYS = [
  ["/", "search"], ["j, k", "next, previous"], ["Enter", "open"], ["#", "delete"], ["Esc", "back to the list"],
  ["g i", "inbox"], ["g r", "requests"], ["g s", "state"], ["g f", "faults"], ["g v", "vendors"], ["?", "this list"],
];

export class App {
  constructor() {
    this.api = new Api(location, sessionStorage);
    this.main = /** @type {HTMLElement} */ (document.getElementById("main"));
    this.place = parsePlace(location.hash);
    /** @type {Record<string, Section>} */
    this.sections = {
      inbox: new InboxSection(this),
      requests: new RequestsSection(this),
      state: new StateSection(this),
      faults: new FaultsSection(this),
      vendors: new VendorsSection(this),
    };
    this.links = Object.fromEntries(Object.keys(this.sections).map((name) => [name, h("a", { href: "#" })]));
    this.live = h("span", { class: "live lost" }, "connecting");
    this.clock = h("span", { title: "the sandbox's clock" });
    this.chooser = h("select", { "aria-label": "sandbox", onchange: () => this.choose(this.chooser.value) });
    /** @type {string | null} */
    this.firstKey = null;
    /** @type {Promise<boolean> | undefined} */
    this.hasDocs = undefined;
    this.asking = /** @type {Promise<string | null> | null} */ (null);
    this.api.askToken = (isWrong) => { this.asking ??= this.askToken(isWrong).finally(() => { this.asking = null; }); return this.asking; };
  }

  start() {
    fill(/** @type {Element} */ (document.getElementById("sections")), Object.values(this.links));
    fill(/** @type {Element} */ (document.getElementById("status")), this.clock,
      h("label", null, h("span", { class: "wide", "aria-hidden": "true" }, "sandbox"), this.chooser), this.live, this.docs("", "docs"),
      h("button", { type: "button", title: "keys", "aria-label": "list of keys", onclick: () => this.showKeys() }, "?"));
    addEventListener("hashchange", () => this.render());
    document.querySelector(".skip")?.addEventListener("click", (event) => { event.preventDefault(); this.main.focus(); });
    addEventListener("keydown", (event) => this.onkey(event));
    let wasLive = false;
    let isShown = false;
    this.api.events(new AbortController().signal, (event) => this.onevent(event), (isLive, isResumed) => {
      // The lists are read after the stream has begun, so that nothing falls between them.
      if (!isShown || (isLive && !isResumed)) this.showAfresh();
      isShown = true;
      this.live.textContent = isLive ? "live" : "no connection";
      this.live.className = isLive ? "live" : "live lost";
      if (wasLive !== isLive) announce(isLive ? "Live" : "The connection to the server is lost");
      wasLive = isLive;
    });
  }

  /** Return a link to a page of the documentation, hidden where the server has none. @param {string} page @param {string} label */
  docs(page, label) {
    const root = `${this.api.root}/_mockmail/docs/`;
    const link = h("a", { href: root + page, target: "_blank", hidden: true }, label);
    this.hasDocs ??= fetch(root, { method: "HEAD" }).then((response) => response.ok, () => false);
    this.hasDocs.then((hasDocs) => { link.hidden = !hasDocs; });
    return link;
  }

  /** Go to a place of the chosen sandbox. @param {string} section @param {string | number | null} [id] @param {Record<string, any>} [query] */
  go(section, id = null, query = {}) {
    location.hash = this.address(section, id, query);
  }

  /** @param {string} section @param {string | number | null} [id] @param {Record<string, any>} [query] */
  address(section, id = null, query = {}) {
    const sandbox = this.api.sandbox === this.api.ownSandbox ? null : this.api.sandbox;
    return formatPlace(section, id, { ...query, sandbox });
  }

  render() {
    this.place = parsePlace(location.hash);
    const sandbox = this.place.query.sandbox ?? this.api.ownSandbox;
    if (sandbox !== this.api.sandbox) {
      this.api.sandbox = sandbox;
      for (const section of Object.values(this.sections)) section.forget();
      this.loadClock();
      this.loadCounts();
      this.showSandboxes();
    }
    const section = this.sections[this.place.section] ?? this.sections.inbox;
    section.show(this.main, this.place);
    this.showCounts();
  }

  /** Show what the server has now; what was shown may be old. */
  showAfresh() {
    for (const section of Object.values(this.sections)) section.forget();
    this.render();
    this.loadSandboxes();
    this.loadClock();
    this.loadCounts();
  }

  showCounts() {
    for (const [name, section] of Object.entries(this.sections)) {
      const link = this.links[name];
      const count = section.count();
      link.href = this.address(name);
      fill(link, section.title, count ? ` ${count}` : "");
      if (section === (this.sections[this.place.section] ?? this.sections.inbox)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const unread = this.sections.inbox.count();
    document.title = `${unread ? `(${unread}) ` : ""}${(this.sections[this.place.section] ?? this.sections.inbox).title} · mockmail`;
  }

  /** @param {ServerEvent} event */
  onevent(event) {
    if (event.kind === "sandbox") this.loadSandboxes();
    if (event.kind === "missed") this.showAfresh();
    else if (event.sandbox === this.api.sandbox) {
      if (event.kind === "clock") this.showClock(event.data);
      for (const section of Object.values(this.sections)) section.onevent(event);
      this.showCounts();
    }
  }

  async loadSandboxes() {
    try {
      const { sandboxes } = await this.api.get("sandboxes");
      this.names = sandboxes.map((/** @type {{ name: string }} */ sandbox) => sandbox.name);
    } catch { /* the page says that there is no connection */ }
    this.showSandboxes();
  }

  showSandboxes() {
    const names = [...new Set(["default", this.api.sandbox, ...(this.names ?? [])])].sort();
    fill(this.chooser, names.map((name) => h("option", { value: name, selected: name === this.api.sandbox }, name)));
    this.chooser.value = this.api.sandbox;
  }

  /** @param {string} sandbox */
  choose(sandbox) {
    const { section, query } = this.place;
    location.hash = formatPlace(section, null, { ...query, sandbox: sandbox === this.api.ownSandbox ? null : sandbox });
  }

  async loadCounts() {
    try {
      await Promise.all([this.sections.requests, this.sections.faults].map((section) => section.countAll?.()));
    } catch { /* as above */ }
    this.showCounts();
  }

  async loadClock() {
    try {
      this.showClock(await this.api.get("clock"));
    } catch { /* as above */ }
  }

  /** @param {{ now: string, frozen: boolean }} state */
  showClock(state) {
    const apart = Math.round((Date.parse(state.now) - Date.now()) / 1000);
    this.clock.textContent = state.frozen ? `clock frozen at ${state.now.slice(0, 19)}`
      : Math.abs(apart) > 2 ? `clock ${apart > 0 ? "+" : ""}${apart} s` : "";
  }

  /** @param {KeyboardEvent} event */
  onkey(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (target.matches("input, select, textarea")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    const first = this.firstKey;
    this.firstKey = null;
    if (first === "g") {
      const name = Object.keys(this.sections).find((section) => section.startsWith(event.key));
      if (name) this.go(name);
    } else if (event.key === "g") this.firstKey = "g";
    else if (event.key === "?") this.showKeys();
    else if (event.key === "/") {
      const search = /** @type {HTMLElement | null} */ (this.main.querySelector("input[type=search]"));
      if (!search) return;
      search.focus();
    } else if (!(this.sections[this.place.section] ?? this.sections.inbox).onkey(event.key)) return;
    event.preventDefault();
  }

  showKeys() {
    const dialog = h("dialog", { "aria-label": "Keys", onclose: () => dialog.remove() },
      h("h2", null, "Keys"),
      h("dl", null, KEYS.flatMap(([key, meaning]) => [h("dt", null, key.split(" ").map((word) => [h("kbd", null, word.replace(",", "")), " "]).flat()), h("dd", null, meaning)])),
      h("form", { method: "dialog" }, h("button", { class: "main" }, "Close")));
    document.body.append(dialog);
    dialog.showModal();
  }

  /** @param {boolean} isWrong @returns {Promise<string | null>} */
  askToken(isWrong) {
    return new Promise((resolve) => {
      const field = h("input", { type: "password", autocomplete: "off", required: true, id: "token" });
      const dialog = h("dialog", { "aria-label": "Token", onclose: () => { resolve(field.value || null); dialog.remove(); } },
        h("h2", null, "This server needs a token"),
        isWrong && h("p", { class: "error" }, "That was not the token."),
        h("p", null, "Give the value of ", h("code", null, "--control-token"), ". It is kept until this tab is closed."),
        h("form", { method: "dialog" }, h("label", { class: "field", for: "token" }, "Token", field), h("p", null, h("button", { class: "main" }, "Continue"))));
      document.body.append(dialog);
      dialog.showModal();
    });
  }
}

new App().start();
