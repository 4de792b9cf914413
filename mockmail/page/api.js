// The control API, and its stream of events.

import { bases } from "./format.js";

/** @typedef {{ id: string, kind: string, sandbox: string, at: string, data: any }} ServerEvent */

/** An error of the control API; the message is the server's sentence. */
export class ApiError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const TOKEN = "mockmail-token";

export class Api {
  /** @param {Location} location @param {Storage} storage */
  constructor(location, storage) {
    const { root, sandbox } = bases(location.pathname);
    this.storage = storage;
    this.root = root;
    this.ownSandbox = sandbox;
    this.sandbox = sandbox;
    this.origin = location.origin + root;
    /** @type {(isWrong: boolean) => Promise<string | null>} asks for the token; isWrong: the one before was */
    this.askToken = async () => null;
  }

  /** The path of a call, in the chosen sandbox. @param {string} path */
  path(path) {
    return `${this.root}${this.prefix}/_mockmail/${path}`;
  }

  /** The address of a vendor, as this page reaches it in the chosen sandbox. @param {string} name */
  vendorAddress(name) {
    return `${this.origin}${this.prefix}/${name}`;
  }

  get prefix() {
    return this.sandbox === "default" ? "" : `/~${encodeURIComponent(this.sandbox)}`;
  }

  /** @param {string} path @param {Record<string, string | number | null | undefined>} [query] @returns {Promise<any>} */
  get(path, query = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
    const search = new URLSearchParams(/** @type {[string, string][]} */ (given)).toString();
    return this.call("GET", path + (search && `?${search}`));
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
  async call(method, path, body) {
    const response = await this.fetch(method, path, body);
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  }

  /**
   * Return the response to a call. Throws ApiError.
   * @param {string} method @param {string} path @param {unknown} [body] @param {RequestInit} [more]
   * @returns {Promise<Response>}
   */
  async fetch(method, path, body, more = {}) {
    const headers = new Headers(more.headers);
    const token = this.storage.getItem(TOKEN);
    if (token) headers.set("Authorization", `Bearer ${token}`);
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const sent = body === undefined ? undefined : JSON.stringify(body);
    let response;
    try {
      response = await fetch(this.path(path), { ...more, method, headers, body: sent, cache: "no-store" });
    } catch (error) {
      if (/** @type {Error} */ (error).name === "AbortError") throw error;
      throw new ApiError(0, "The server does not respond. Is mockmail still running?");
    }
    if (response.ok) return response;
    if (response.status === 401) {
      if (token === this.storage.getItem(TOKEN)) {
        const given = await this.askToken(token !== null);
        if (given) this.storage.setItem(TOKEN, given);
      }
      if (token !== this.storage.getItem(TOKEN)) return this.fetch(method, path, body, more);
    }
    const text = await response.text();
    let said = text;
    try {
      said = JSON.parse(text).error;
    } catch { /* a proxy's own page */ }
    throw new ApiError(response.status, said || `The server responded with status ${response.status}.`);
  }

  /**
   * Read events until the signal ends it; connect again when the connection is lost, and go on where it was lost.
   * @param {AbortSignal} signal
   * @param {(event: ServerEvent) => void} onevent
   * @param {(isLive: boolean, isResumed: boolean) => void} onlive isResumed: every event since the last time was, or will be, given
   */
  async events(signal, onevent, onlive) {
    let last = "";
    while (!signal.aborted) {
      try {
        /** @type {Record<string, string>} */
        const headers = last ? { "Last-Event-ID": last } : {};
        const response = await this.fetch("GET", "events?all_sandboxes=true", undefined, { headers, signal });
        onlive(true, last !== "");
        const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
        for await (const block of blocks(reader)) {
          last = block.id ?? last;
          if (block.data) onevent(JSON.parse(block.data));
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.status >= 400 && error.status < 500) last = "";
      }
      onlive(false, false);
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  }
}

/**
 * Return the blocks of a stream of events.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @returns {AsyncGenerator<{ id?: string, data?: string }>}
 */
async function* blocks(reader) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const pieces = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = /** @type {string} */ (pieces.pop());
    for (const piece of pieces) yield Object.fromEntries(piece.split("\n").map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
  }
}
