// The base of the sections that fill the page: state, faults and vendors.

import { button, failure, fill, h } from "./dom.js";

export class PageSection {
  /** @param {import("./app.js").App} app */
  constructor(app) {
    this.app = app;
    /** @type {HTMLElement | null} */
    this.root = null;
    /** What is asked for; the response to a request for something else before is not shown. @type {unknown} */
    this.asked = {};
  }

  forget() {
    this.root = null;
    this.asked = {};
  }

  count() {
    return 0;
  }

  /** Put the section into `main` unless it is there. @param {HTMLElement} main @param {string[]} placeholder what it shows until it is loaded */
  open(main, ...placeholder) {
    if (!this.root || !main.contains(this.root)) {
      this.root = h("div", { class: "page" }, ...placeholder);
      fill(main, this.root);
    }
  }

  /**
   * Read something and show it, or the error; neither if something else was asked for meanwhile.
   * @template T @param {() => Promise<T>} read @param {(found: T) => void} show
   * @param {unknown} [asked] what is asked for; of two requests for the same, both may be shown
   */
  async load(read, show, asked = {}) {
    this.asked = asked;
    try {
      const found = await read();
      if (asked === this.asked) show(found);
    } catch (error) {
      if (asked === this.asked) this.fail(error);
    }
  }

  /** Show an error in place of the section. @param {unknown} error */
  fail(error) {
    fill(/** @type {Element} */ (this.root), failure(error, this.app.address(this.app.place.section), "Show the section from its start"), h("p", { class: "empty" }, button("Try again", () => this.app.render())));
  }

  /** Whether the section is shown and nothing in it is being edited, so that it may be drawn again. */
  get isFree() {
    return Boolean(this.root?.isConnected && !this.root.querySelector("details[open]") && !this.root.contains(document.activeElement));
  }

  /** @param {import("./api.js").ServerEvent} event */
  onevent(event) {}

  onkey() {
    return false;
  }
}
