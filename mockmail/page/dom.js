// The elements of the page. Text is only ever set as text, so nothing that was captured can become markup.

const LONGEST_NAME = 80;

/**
 * What an element is filled with; lists are taken apart, null and false are left out.
 * @typedef {Node | string | number | null | undefined | false | any[]} Child
 */

/**
 * Return an element. Properties that begin with `on` are listeners; `class`, `aria-…`, `data-…` and the like are
 * attributes; null and false leave one out.
 * @param {string} tag
 * @param {Record<string, any> | null} [properties]
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes("-") && typeof value !== "string") /** @type {any} */ (element)[name] = value;
    else if (value !== null && value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/**
 * Replace what is in an element.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function present(children) {
  return /** @type {any[]} */ (children.flat(9)).filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * Return an error in place of what could not be shown, with a way out.
 * @param {unknown} error
 * @param {string} address where to go instead
 * @param {string} label
 */
export function failure(error, address, label) {
  return h("div", { class: "empty" }, h("p", { class: "error", role: "alert" }, /** @type {Error} */ (error).message), h("p", null, h("a", { href: address }, label)));
}

/**
 * Say a text to users of a screen reader.
 * @param {string} text
 */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}

/**
 * Return a button that copies a text.
 * @param {string | (() => string | Promise<string>)} text
 * @param {string} [label]
 * @param {string} [name] what is copied, for a screen reader
 */
export function copyButton(text, label = "Copy", name = "") {
  const button = h("button", { type: "button", "aria-label": name ? `${label} ${name}` : null, onclick: copy }, label);
  async function copy() {
    const copied = typeof text === "string" ? text : await text();
    const done = await toClipboard(copied);
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    announce(done ? "Copied" : "Select the text and press Ctrl+C");
    setTimeout(() => { button.textContent = label; }, 1500);
  }
  return button;
}

/** @param {string} text @returns {Promise<boolean>} */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no secure context: the page is not on localhost
    const area = h("textarea", { class: "unseen", readOnly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/**
 * Return a text with a button that copies it.
 * @param {string} text
 */
export function copyable(text) {
  return h("div", { class: "copy" }, text.includes("\n") ? h("pre", null, text) : h("code", null, text), copyButton(text, "Copy", text.slice(0, LONGEST_NAME)));
}

/**
 * Return tabs. Each panel is made when it is first chosen.
 * @param {string} name what the tabs are of
 * @param {[string, () => Child, string?][]} panels each with its label, and the part of the label that a narrow pane shows
 * @param {string | null} chosen
 * @param {(label: string) => void} [onchoice]
 */
export function tabs(name, panels, chosen, onchoice) {
  const panel = h("div", { role: "tabpanel", tabindex: "0", id: "panel" });
  const list = panels.map(([label, , short], position) =>
    h("button", { type: "button", role: "tab", "aria-label": label, "aria-controls": "panel", onclick: () => choose(position), onkeydown: move }, shortened(label, short)));
  /** @param {number} position @param {boolean} [byUser] */
  function choose(position, byUser = true) {
    list.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === position));
      tab.tabIndex = at === position ? 0 : -1;
    });
    panel.setAttribute("aria-label", panels[position][0]);
    fill(panel, panels[position][1]());
    list[position].scrollIntoView({ block: "nearest", inline: "nearest" });
    if (byUser && onchoice) onchoice(panels[position][0]);
  }
  /** @param {KeyboardEvent} event */
  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (list.indexOf(/** @type {any} */ (event.currentTarget)) + step + list.length) % list.length;
    list[next].focus();
    choose(next);
    event.preventDefault();
  }
  choose(Math.max(0, panels.findIndex(([label]) => label === chosen)), false);
  return h("div", null, h("div", { role: "tablist", "aria-label": name }, list), panel);
}

/** Return a label of which a narrow pane shows one part. @param {string} label @param {string} [part] @returns {Child} */
function shortened(label, part) {
  if (!part) return label;
  const [before, after] = label.split(part);
  return [before && h("span", { class: "long" }, before), part, after && h("span", { class: "long" }, after)];
}

/**
 * Choose a panel of tabs by its label.
 * @param {Element} element what `tabs` returned
 * @param {string} label
 */
export function chooseTab(element, label) {
  /** @type {HTMLElement | null} */ (element.querySelector(`[role=tab][aria-label="${CSS.escape(label)}"]`))?.click();
}

/**
 * Return a list of names with values.
 * @param {[string, Child][]} pairs
 */
export function facts(pairs) {
  return h("dl", null, pairs.filter(([, value]) => value !== null && value !== "" && value !== undefined)
    .flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
}

/**
 * Return a table.
 * @param {string[]} head
 * @param {Child[][]} rows
 * @param {string} [kind]
 */
export function table(head, rows, kind = "") {
  return h("div", { class: "scroll" }, h("table", { class: kind || null },
    h("thead", null, h("tr", null, head.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", null, rows.map((row) => h("tr", null, row.map((cell) => h("td", null, cell)))))));
}

/**
 * Return a button that does something, and shows the error if it fails.
 * @param {string} label
 * @param {() => unknown} action
 * @param {string} [kind]
 */
export function button(label, action, kind = "") {
  const element = h("button", { type: "button", class: kind || null, onclick: run }, label);
  async function run() {
    element.disabled = true;
    try {
      await action();
    } catch (error) {
      element.after(h("p", { class: "error", role: "alert" }, /** @type {Error} */ (error).message));
    } finally {
      element.disabled = false;
    }
  }
  return element;
}
