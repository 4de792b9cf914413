// What is shown and copied, as pure functions: Node's test runner tests them.

/** @param {string} at @returns {string} the local date and time of a timestamp, with the day of the week */
export function dateAndTime(at) {
  const when = new Date(at);
  return `${when.toLocaleDateString("en", { weekday: "short" })} ${day(when)} ${when.toLocaleTimeString([], { hour12: false })}`;
}

/** @param {string} at @returns {string} the local time of a timestamp; with its date unless it is today */
export function clockTime(at, now = new Date()) {
  const when = new Date(at);
  const time = when.toLocaleTimeString([], { hour12: false });
  return when.toDateString() === now.toDateString() ? time : `${day(when)} ${time}`;
}

/** @param {Date} when */
function day(when) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
}

/** Return the name of a sender, or the address of one without a name. @param {string} from */
export function senderName(from) {
  const name = /^\s*(.*?)\s*<[^<>]*>\s*$/.exec(from)?.[1].replace(/^"(.*)"$/, "$1").replace(/\\(.)/g, "$1");
  return name || from || "(null sender)";
}

/** Return the first of some addresses, and the number of the others. @param {string[]} addresses */
export function named(addresses) {
  return addresses.length > 1 ? `${addresses[0]} +${addresses.length - 1}` : addresses[0] ?? "no recipient";
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} seconds */
export function duration(seconds) {
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

/** @param {number} number @param {string} noun */
export function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * @typedef {{ section: string, id: string | null, query: Record<string, string> }} Place
 */

/** Return the place that an address's hash names. @param {string} hash @returns {Place} */
export function parsePlace(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [section, ...rest] = path.split("/");
  return {
    section: section || "inbox",
    id: rest.length ? decoded(rest.join("/")) : null,
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch { // somebody wrote the address by hand
    return text;
  }
}

/** @param {string} section @param {string | number | null} [id] @param {Record<string, string | null | undefined>} [query] */
export function formatPlace(section, id = null, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(/** @type {[string, string][]} */ (given)).toString();
  return `#/${section}${id === null ? "" : `/${encodeURIComponent(id)}`}${search && `?${search}`}`;
}

/**
 * Return the base of the control API and of the server from the page's path, in which a proxy may have put a prefix.
 * @param {string} pathname
 */
export function bases(pathname) {
  const [before] = pathname.split("/_mockmail/");
  const found = /^(.*)\/~([^/]+)$/.exec(before);
  return { root: found ? found[1] : before, sandbox: found ? decodeURIComponent(found[2]) : "default" };
}

/** Return a body as a person reads it. @param {string} body @param {string} type @returns {string} */
export function pretty(body, type) {
  const kind = type.split(";")[0].trim().toLowerCase();
  if (kind.endsWith("json") || (!kind && /^\s*[[{]/.test(body))) return prettyJson(body);
  if (kind.endsWith("xml") || body.startsWith("<?xml")) return prettyXml(body);
  if (kind === "application/x-www-form-urlencoded") return prettyForm(body);
  if (kind.startsWith("multipart/")) return prettyMultipart(body, type);
  return body;
}

/** @param {string} body */
function prettyJson(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** @param {string} body */
function prettyForm(body) {
  try {
    return body.split("&").filter(Boolean).map((pair) => {
      const [name, value = ""] = pair.split("=");
      return `${plain(name)} = ${plain(value)}`;
    }).join("\n");
  } catch {
    return body;
  }
}

/** Return the parts without their boundaries, each below a line with its name and type. @param {string} body @param {string} type */
function prettyMultipart(body, type) {
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1].trim();
  if (!boundary) return body;
  const parts = `\n${body.replaceAll("\r\n", "\n")}`.split(`\n--${boundary}`).slice(1).filter((part) => !part.startsWith("--"));
  return parts.map((part) => {
    const [head, ...content] = part.replace(/^\n/, "").split("\n\n");
    const facts = ["name", "filename"].map((key) => new RegExp(`[; ]${key}="([^"]*)"`, "i").exec(head)?.[1]);
    const kind = /^content-type:\s*(.*)$/im.exec(head)?.[1] ?? "";
    const text = content.join("\n\n");
    const title = [facts[0], facts[1] && `file ${facts[1]}`, kind].filter(Boolean).join(", ");
    return kind || text.includes("\n") ? `${title}:\n${kind ? pretty(text, kind) : text}` : `${title} = ${text}`;
  }).join("\n") || body;
}

/** @param {string} text */
function plain(text) {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** @param {string} body */
function prettyXml(body) {
  let depth = 0;
  const lines = body.replace(/>\s*</g, ">\n<").split("\n").map((line) => {
    if (/^<\//.test(line)) depth = Math.max(0, depth - 1);
    const shown = "  ".repeat(depth) + line;
    if (/^<[^!?/][^>]*[^/]>$/.test(line) || /^<[^!?/]>$/.test(line)) depth += 1;
    return shown;
  });
  return lines.join("\n");
}

/** Return a text as one word of a shell. @param {string} text */
export function shellWord(text) {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Return a text as a Python literal. @param {string} text */
export function pythonText(text) {
  return JSON.stringify(text).replace(/[\u007f-\u009f]/g, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`);
}

/**
 * Return a test that waits for a message.
 * @param {{ subject: string, to: string[], envelope: { recipients: string[] }, text: string, attachments: { filename: string | null }[] }} message
 */
export function pytestOfMessage(message) {
  const to = message.envelope.recipients[0] ?? message.to[0];
  const given = [to && `to=${pythonText(to)}`, message.subject && `subject=${pythonText(message.subject)}`];
  const line = message.text.split("\n").map((text) => text.trim()).find(Boolean);
  return [
    "def test_message(mockmail):",
    "    ...  # make the application send the message",
    `    message = mockmail.inbox.wait_for(${given.filter(Boolean).join(", ")})`,
    line && `    assert ${pythonText([...line.slice(0, 140)].slice(0, 70).join(""))} in message.text`,
    ...message.attachments.map((part, at) => part.filename && `    assert message.attachments[${at}].filename == ${pythonText(part.filename)}`),
  ].filter(Boolean).join("\n");
}

/**
 * Return a test that looks for a request.
 * @param {{ vendor: string | null, operation: string | null, status: number | null, path: string }} request
 */
export function pytestOfRequest(request) {
  const given = [
    request.vendor && `vendor=${pythonText(request.vendor)}`,
    request.operation ? `operation=${pythonText(request.operation)}` : `path=${pythonText(request.path)}`,
  ].filter(Boolean).join(", ");
  return [
    "def test_request(mockmail):",
    "    ...  # make the application send the request",
    `    request = mockmail.requests.find(${given})[-1]`,
    `    assert request.status == ${request.status ?? "None"}`,
  ].join("\n");
}

const NOT_COPIED = new Set(["host", "content-length", "connection", "accept-encoding", "transfer-encoding"]);

/**
 * Return the curl command that repeats a request.
 * @param {string} origin
 * @param {{ method: string, path: string, query: string, request: { headers: [string, string][], body: string } }} request
 */
export function curlOfRequest(origin, request) {
  const { headers, body } = request.request;
  const url = `${origin}${request.path}${request.query && `?${request.query}`}`;
  const words = /[[\]{}]/.test(url) ? ["curl", "--globoff"] : ["curl"];
  if (request.method === "HEAD") words.push("--head");
  else words.push("--request", shellWord(request.method));
  for (const [name, value] of headers) {
    if (!NOT_COPIED.has(name.toLowerCase())) words.push("--header", shellWord(value ? `${name}: ${value}` : `${name};`)); // curl drops `name:`
  }
  if (body) {
    if (!headers.some(([name]) => name.toLowerCase() === "content-type")) words.push("--header", "Content-Type:"); // or curl adds that of a form
    words.push("--data-raw", shellWord(body));
  }
  words.push(shellWord(url));
  return words.join(" ");
}
