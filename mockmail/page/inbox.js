// The inbox: the list of messages, newest first, and the message that is read.

import { announce, button, failure, fill, h } from "./dom.js";
import { clockTime, named, senderName, size } from "./format.js";
import { messageView } from "./message.js";

const PAGE = 100;
const MOST_READ = 1000; // the most messages that the server lists at once
/** Terms of a search, with what they match. @type {[string, string][]} */
const TERMS = [
  ["reset password", "both words"], ["to:jane", "a recipient"], ["from:app", "the sender"], ['subject:"order 7"', "a part of the subject"],
  ["has:attachment", "any attachment"], ["is:unread", "not opened yet"], ["vendor:postmark", "sent through a vendor"], ["after:15m", "of the last 15 minutes"], ["-to:jane", "all others"],
];

/** @typedef {{ id: string, received_at: string, from: string, subject: string, size: number, is_read: boolean, has_attachment: boolean, envelope: { recipients: string[] }, sent_by: { vendor?: string, operation?: string } }} Summary */

export class InboxSection {
  title = "Inbox";

  /** @param {import("./app.js").App} app */
  constructor(app) {
    this.app = app;
    this.field = h("input", { type: "search", class: "grow", placeholder: "Search", "aria-label": "Search the messages" });
    this.error = h("p", { class: "error", role: "alert", hidden: true });
    this.summary = h("span", { class: "faint", role: "status" });
    this.walk = h("nav", { class: "walk", "aria-label": "Messages" });
    this.list = h("ul", { class: "rows", "aria-label": "Messages", onscroll: () => this.onscroll() });
    this.detail = h("div", { class: "pane detail", role: "region", "aria-label": "Message" });
    this.readButton = button("Mark all read", () => this.markAll(), "link");
    this.clearButton = button("Delete all", () => this.clear(), "link danger");
    this.readButton.hidden = this.clearButton.hidden = true;
    this.help = h("div", { class: "help", id: "search-help", hidden: true });
    this.helpButton = h("button", { type: "button", "aria-label": "how to search", title: "how to search", "aria-expanded": "false", "aria-controls": "search-help", onclick: () => this.toggleHelp() }, "?");
    const form = h("form", { class: "bar", role: "search", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      this.app.go("inbox", null, { q: this.field.value.trim() });
    } }, this.field, h("button", null, "Search"), this.helpButton, this.help, h("div", { class: "tally" }, this.summary, this.readButton, this.clearButton));
    this.split = h("div", { class: "split" }, h("div", { class: "pane list" }, form, this.error, this.list), this.detail);
    /** @type {Summary[]} */
    this.messages = [];
    this.total = 0;
    /** @type {string | null} the search of what is listed; null before anything is */
    this.search = null;
    /** @type {string | null | undefined} the message that is read */
    this.shown = undefined;
    /** The messages that nobody has opened, as far as they were listed. */
    this.unread = new Set();
    /** Whether more of them may be among the messages that were not listed. */
    this.hasMore = false;
    /** Whether all messages were marked as read, so that only new ones are unread. */
    this.isMarked = false;
    /** @type {Set<string>} the messages that this page removes; it ignores their events */
    this.removing = new Set();
    /** The number of lists that were chosen; the response to an earlier one is not shown. */
    this.chosen = 0;
    /** The number of the list that is shown. */
    this.listed = 0;
    this.isLoading = false;
    this.isStale = false;
  }

  forget() {
    this.messages = [];
    this.total = 0;
    this.search = null;
    this.shown = undefined;
    this.unread = new Set();
    this.hasMore = false;
    this.isMarked = false;
  }

  count() {
    return this.unread.size && this.hasMore ? `${this.unread.size}+` : this.unread.size;
  }

  /** @param {HTMLElement} main @param {import("./format.js").Place} place */
  show(main, place) {
    const search = place.query.q ?? "";
    if (!main.contains(this.split)) fill(main, this.split);
    if (search !== this.search) {
      this.search = search;
      this.chosen += 1;
      this.field.value = search;
      this.summary.textContent = search ? "searching …" : "loading …"; // the first search of many messages makes the index
      this.load();
    }
    this.split.classList.toggle("reading", place.id !== null);
    if (place.id !== this.shown) this.open(place.id);
    this.markChosen();
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
    const limit = chosen === this.listed ? Math.min(MOST_READ, Math.max(PAGE, this.messages.length)) : PAGE; // the scrolled part too
    /** @type {{ messages: Summary[], total: number }} */
    let found = { messages: [], total: 0 };
    /** @type {Error | null} */
    let failed = null;
    try {
      found = await this.app.api.get("messages", { query: this.search, limit });
    } catch (error) {
      failed = /** @type {Error} */ (error);
    }
    this.isLoading = false;
    if (chosen === this.chosen) {
      this.listed = chosen;
      this.messages = found.messages;
      this.total = found.total;
      this.noteUnread(found.messages);
      this.error.hidden = !failed;
      this.error.textContent = failed?.message ?? "";
      this.renderList(); // also when it is read again: while mail arrives all the time, each list is stale
    }
    if (this.isStale) this.load();
  }

  async onscroll() {
    const { scrollTop, clientHeight, scrollHeight } = this.list;
    const last = this.messages.at(-1);
    if (this.isLoading || !last || this.messages.length >= this.total || scrollTop + clientHeight < scrollHeight - 600) return;
    this.isLoading = true;
    const { chosen } = this;
    try {
      const found = await this.app.api.get("messages", { query: this.search, limit: PAGE, before: last.id });
      if (chosen !== this.chosen) return;
      this.messages.push(...found.messages);
      this.noteUnread(found.messages);
      this.list.append(...found.messages.map((/** @type {Summary} */ message) => this.row(message)));
      if (!found.messages.length) this.total = this.messages.length;
      this.renderSummary();
    } catch (error) {
      this.error.hidden = chosen !== this.chosen;
      this.error.textContent = /** @type {Error} */ (error).message;
    } finally {
      this.isLoading = false;
      if (this.isStale) this.load();
    }
  }

  /** @param {Summary[]} messages some that were just listed */
  noteUnread(messages) {
    for (const message of messages) {
      if (message.is_read || message.id === this.shown) this.unread.delete(message.id);
      else this.unread.add(message.id);
    }
    if (!this.search) this.hasMore = !this.isMarked && this.messages.length < this.total;
  }

  toggleHelp() {
    const isShown = this.help.hidden;
    this.help.hidden = !isShown;
    this.helpButton.setAttribute("aria-expanded", String(isShown));
    if (isShown) {
      fill(this.help, h("dl", null, TERMS.flatMap(([term, meaning]) => [h("dt", null, button(term, () => this.addTerm(term), "link")), h("dd", null, meaning)])),
        this.app.docs("searching.html", "How to search"));
    }
  }

  /** @param {string} term */
  addTerm(term) {
    this.field.value = `${this.field.value.trim()} ${term}`.trim();
    this.field.focus();
  }

  renderList() {
    fill(this.list, this.messages.map((message) => this.row(message)));
    this.renderSummary();
    if (this.app.place.id === null) this.open(null);
    this.markChosen();
  }

  renderSummary() {
    this.split.classList.toggle("blank", !this.messages.length);
    this.clearButton.hidden = !this.total || Boolean(this.search);
    this.readButton.hidden = !this.unread.size || Boolean(this.search);
    this.app.showCounts();
    this.summary.textContent = this.total ? `${this.total.toLocaleString()} ${this.search ? "found" : this.total === 1 ? "message" : "messages"}` : "";
  }

  async renderEmpty() {
    if (this.search) {
      fill(this.detail, h("div", { class: "empty" }, h("h2", null, "No message matches"), h("p", null, "The search was ", h("code", null, this.search), ". Terms that a search can have:"),
        h("dl", null, TERMS.flatMap(([term, meaning]) => [h("dt", null, h("code", null, term)), h("dd", null, meaning)])), this.app.docs("searching.html", "How to search"),
        h("p", null, h("a", { href: this.app.address("inbox") }, "Show all messages"))));
      return;
    }
    const { emptyInbox } = await import("./first_mail.js");
    if (!this.messages.length && this.shown === null) fill(this.detail, emptyInbox(this.app));
  }

  /** @param {Summary} message */
  row(message) {
    const { vendor, operation } = message.sent_by;
    const { recipients } = message.envelope;
    return h("li", { "data-id": message.id, class: this.unread.has(message.id) ? "unread" : null },
      h("a", { href: this.app.address("inbox", message.id, { q: this.search }) },
        h("span", { class: "line" }, h("span", { class: "first" }, message.subject || "(no subject)"),
          h("span", { class: "time" }, message.has_attachment && h("img", { src: "clip.svg", alt: "has an attachment", title: "has an attachment" }),
            h("time", { datetime: message.received_at }, clockTime(message.received_at)))),
        h("span", { class: "line" }, h("span", { class: "second", title: `${message.from} → ${recipients.join(", ")}` }, h("span", { class: "sender" }, senderName(message.from)), ` → ${named(recipients)}`),
          h("span", { class: "meta", title: vendor ? `${vendor} ${operation}` : null }, `${size(message.size)} · ${vendor ?? "SMTP"}`, operation && h("span", { class: "long" }, ` ${operation}`)))));
  }

  /** Show the links to the list and to the messages beside the one that is read. */
  renderWalk() {
    const position = this.messages.findIndex((message) => message.id === this.app.place.id);
    /** @type {[string, Summary | undefined][]} */
    const beside = position < 0 ? [] : [["Newer", this.messages[position - 1]], ["Older", this.messages[position + 1]]];
    fill(this.walk, h("a", { class: "back", href: this.app.address("inbox", null, { q: this.search }) }, "← Inbox"),
      beside.map(([label, message]) => message && h("a", { href: this.app.address("inbox", message.id, { q: this.search }) }, label)));
  }

  markChosen() {
    this.renderWalk();
    for (const row of this.list.children) {
      const link = row.firstElementChild;
      if (row.dataset.id === this.app.place.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** @param {string | null} id */
  async open(id) {
    this.shown = id;
    if (id === null) {
      fill(this.detail, this.messages.length ? h("p", { class: "empty" }, "Choose a message. ", h("kbd", null, "j"), " and ", h("kbd", null, "k"), " move, ", h("kbd", null, "?"), " lists the keys.") : null);
      if (!this.messages.length && this.search !== null && !this.isLoading && this.error.hidden) this.renderEmpty();
      return;
    }
    this.unread.delete(id);
    this.list.querySelector(`[data-id="${CSS.escape(id)}"]`)?.classList.remove("unread");
    this.app.showCounts();
    try {
      const message = await this.app.api.get(`messages/${encodeURIComponent(id)}`);
      if (this.shown === id) fill(this.detail, messageView(this.app, message, () => this.remove(id), this.walk));
      if (!message.is_read) this.app.api.call("PATCH", `messages/${encodeURIComponent(id)}`, { is_read: true }).catch(() => {}); // it can be read on a full disk
    } catch (error) {
      if (this.shown === id) fill(this.detail, failure(error, this.app.address("inbox", null, { q: this.search }), "← Inbox"));
    }
  }

  /** @param {string} id */
  async remove(id) {
    this.removing.add(id);
    try {
      await this.app.api.call("DELETE", `messages/${encodeURIComponent(id)}`);
    } catch (error) {
      this.removing.delete(id);
      throw error;
    }
    announce("Deleted");
    const position = this.drop(id);
    if (position < 0) this.total -= 1;
    this.renderSummary();
    const next = this.messages[Math.max(0, Math.min(position, this.messages.length - 1))];
    this.app.go("inbox", next?.id ?? null, { q: this.search });
  }

  /** Take a message off the list, and return its position there, or -1. @param {string} id */
  drop(id) {
    this.unread.delete(id);
    const position = this.messages.findIndex((message) => message.id === id);
    if (position < 0) return position;
    this.messages.splice(position, 1);
    this.total -= 1;
    this.list.querySelector(`[data-id="${CSS.escape(id)}"]`)?.remove();
    return position;
  }

  async markAll() {
    await this.app.api.call("PATCH", "messages", { is_read: true });
    this.isMarked = true;
    this.unread.clear();
    announce("All messages are marked as read");
    this.load();
  }

  async clear() {
    if (!confirm("Delete all messages of this sandbox?")) return;
    await this.app.api.call("DELETE", "messages");
    this.unread.clear();
    this.messages = [];
    this.total = 0;
    this.renderList();
    this.app.go("inbox");
  }

  /** @param {import("./api.js").ServerEvent} event */
  onevent(event) {
    if (event.kind === "removal") this.onremoval(event.data);
    if (event.kind === "mark") this.onmark(event.data);
    if (event.kind !== "message") return;
    if (!event.data.is_read) this.unread.add(event.data.id); // an imported one may be read
    if (!this.list.isConnected) this.search = null;
    if (this.search === null) return;
    if (this.isLoading || this.search) {
      this.load();
      return;
    }
    if (this.messages.some((message) => message.id === event.data.id)) return;
    announce(`New message: ${event.data.subject || "(no subject)"}`);
    this.messages.unshift(event.data);
    this.total += 1;
    const { scrollTop, scrollHeight } = this.list;
    this.list.prepend(this.row(event.data));
    if (scrollTop > 0) this.list.scrollTop = scrollTop + this.list.scrollHeight - scrollHeight; // what is read stays where it is
    else this.trim();
    this.renderSummary();
    this.renderWalk();
    if (this.total === 1 && this.shown === null) this.open(null);
  }

  /** Show that messages were removed by a client or another tab. @param {{ ids: string[], all: boolean }} removal */
  onremoval(removal) {
    const ids = removal.ids.filter((id) => !this.removing.delete(id));
    if (removal.all) {
      this.unread.clear();
      this.hasMore = false;
    } else if (!ids.length) return;
    const unlisted = ids.filter((id) => this.drop(id) < 0).length;
    if (!this.list.isConnected) this.search = null;
    if (this.search === null) return;
    if (removal.all || this.isLoading || (this.search && unlisted)) this.load();
    else {
      this.total = Math.max(this.messages.length, this.total - unlisted);
      this.renderSummary();
    }
    if (this.shown && (removal.all || ids.includes(this.shown))) {
      announce("The message was deleted");
      this.app.go("inbox", null, { q: this.search });
    } else if (!this.messages.length && this.shown === null) this.open(null);
  }

  /**
   * Show that messages were marked, by this page or another client. A search keeps what it found.
   * @param {{ ids: string[], is_read: boolean | null }} mark
   */
  onmark(mark) {
    if (mark.is_read === null) return;
    for (const id of mark.ids) {
      if (mark.is_read) this.unread.delete(id);
      else this.unread.add(id);
    }
    if (this.isLoading) this.isStale = true; // the list may be of before
    for (const row of this.list.children) row.classList.toggle("unread", this.unread.has(row.dataset.id));
    this.readButton.hidden = !this.unread.size || Boolean(this.search);
  }

  /** Keep the list of a long day short; scrolling reads the rest again. */
  trim() {
    if (this.messages.length < 10 * PAGE) return;
    this.messages.length = 5 * PAGE;
    this.list.replaceChildren(...[...this.list.children].slice(0, 5 * PAGE));
  }

  /** @param {string} key */
  onkey(key) {
    const id = this.app.place.id;
    const position = this.messages.findIndex((message) => message.id === id);
    if (key === "j" || key === "k") {
      const next = this.messages[position < 0 ? 0 : position + (key === "j" ? 1 : -1)];
      if (next) {
        this.app.go("inbox", next.id, { q: this.search });
        this.list.querySelector(`[data-id="${CSS.escape(next.id)}"] a`)?.focus();
      }
    } else if (key === "#" && id) this.remove(id);
    else if (key === "Escape") this.app.go("inbox", null, { q: this.search });
    else return false;
    return true;
  }
}
