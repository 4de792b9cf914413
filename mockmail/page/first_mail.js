// How to send a first mail to this server: by SMTP, and through a vendor's API.

import { copyable, fill, h } from "./dom.js";
import { curlOfRequest } from "./format.js";

const SENDS_MAIL = /(mail|message)\.send$/;

/** Return what an empty inbox shows: at once what it is, and how to send as soon as that is known. @param {import("./app.js").App} app */
export function emptyInbox(app) {
  const ways = h("div", null, h("p", null, "loading …"));
  Promise.all([firstMail(app.api), firstCall(app.api)]).then((found) => fill(ways, found),
    (error) => fill(ways, h("p", { class: "error", role: "alert" }, error.message)));
  return h("div", { class: "empty" }, h("h2", null, "No mail yet"),
    h("p", null, "Messages appear here as soon as an application sends them, by SMTP or through a vendor's API. ", app.docs("tutorial.html", "Tutorial")), ways);
}

/** Return how to send a mail by SMTP. @param {import("./api.js").Api} api */
export async function firstMail(api) {
  const { smtp = "127.0.0.1:1025" } = await api.get("health");
  const port = smtp.split(":").at(-1);
  const host = location.hostname;
  const login = api.sandbox === "default" ? "" : ` --user '~${api.sandbox}:any'`;
  const pythonLogin = api.sandbox === "default" ? "" : `    smtp.login("~${api.sandbox}", "any")\n`;
  const name = host.includes(":") ? `[${host.replace(/[[\]]/g, "")}]` : host;
  return h("div", null,
    h("h3", null, "By SMTP"),
    h("p", null, `SMTP is at ${name}, port ${port}. From a shell:`),
    copyable(`printf 'Subject: Hello\\n\\nIt works.\\n' |\n  curl smtp://${name}:${port}${login} --upload-file - \\\n  --mail-from app@example.com --mail-rcpt jane@example.com`),
    h("p", null, "From Python:"),
    copyable(`import smtplib\n\nwith smtplib.SMTP("${host.replace(/[[\]]/g, "")}", ${port}) as smtp:\n${pythonLogin}    smtp.sendmail("app@example.com", ["jane@example.com"], "Subject: Hello\\n\\nIt works.")`));
}

/** Return a request to a vendor that can be chosen. @param {import("./api.js").Api} api */
async function firstCall(api) {
  const { vendors } = await api.get("vendors");
  const first = vendors.find((/** @type {any} */ vendor) => vendor.operations.some((/** @type {any} */ operation) => SENDS_MAIL.test(operation.name))) ?? vendors[0];
  if (!first) return null;
  const shown = h("div", { role: "status" });
  const chooser = h("select", { onchange: () => show(chooser.value) },
    vendors.map((/** @type {any} */ vendor) => h("option", { value: vendor.name, selected: vendor === first }, vendor.title)));
  /** @param {string} name */
  async function show(name) {
    try {
      const request = await exampleOf(api, vendors.find((/** @type {any} */ vendor) => vendor.name === name));
      if (chooser.value === name) fill(shown, request);
    } catch (error) {
      fill(shown, h("p", { class: "error", role: "alert" }, /** @type {Error} */ (error).message));
    }
  }
  await show(first.name);
  return h("div", null, h("h3", null, "Through a vendor's API"), h("p", null, h("label", null, "Vendor ", chooser)), shown);
}

/** Return an example of a vendor, one that sends mail if there is one. @param {import("./api.js").Api} api @param {any} vendor */
async function exampleOf(api, vendor) {
  const { examples } = await api.get(`vendors/${encodeURIComponent(vendor.name)}/examples`);
  const ready = examples.filter((/** @type {any} */ example) => !example.after.length);
  const sends = ready.find((/** @type {any} */ example) => SENDS_MAIL.test(example.operation));
  const example = sends ?? ready[0];
  if (!example) return h("p", null, "There is no example of this vendor.");
  const curl = curlOfRequest(api.vendorAddress(vendor.name), { ...example, query: "", request: { headers: Object.entries(example.headers), body: example.body } });
  return [
    h("p", null, sends ? `${example.operation}, from a shell:` : `This API does not send mail to any address. ${example.operation}, from a shell; Requests shows it:`),
    copyable(curl),
  ];
}
