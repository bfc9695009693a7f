// @ts-check
/**
 * Hears over a WebSocket what is new in a run, and tells the views. At the other end speaks
 * `pages/ui/live/streaming.py`.
 *
 * @import { CleanUp, Component } from "../types/streamlit"
 * @import { News } from "../types/figure"
 */
import { shown } from "./mount.js";

const RETRY = 2000; // milliseconds until a lost connection is opened again
const NORMAL = 1000; // the code of a connection that was closed because there is nothing more to be heard
const REFUSED = 4000; // the least of the codes with which the app says that it will not be heard

/**
 * The page's one connection.
 *
 * @type {Connection | undefined}
 */
let connection;

/**
 * Listens to a run until there is another one to listen to, or none.
 *
 * @param {Component} component Its data is the address, relative to the app.
 * @param {string} base Address of the app.
 * @returns {CleanUp}
 */
export default function listen({ data, parentElement }, base) {
  const address = new TextDecoder().decode(data ?? new Uint8Array());
  if (address !== (connection?.address ?? "")) {
    connection?.end();
    connection = address ? new Connection(base, address) : undefined;
  }
  const mine = connection;
  return () => void setTimeout(() => parentElement.isConnected || (mine && leave(mine)));
}

/** @param {Connection} mine */
function leave(mine) {
  mine.end();
  if (connection === mine) connection = undefined; // whoever comes back to the page hears again
}

/** A connection that is opened again whenever it is lost. */
class Connection {
  ended = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  retry;

  /**
   * @param {string} base
   * @param {string} address
   */
  constructor(base, address) {
    this.address = address;
    this.url = new URL(base + address, location.href).href.replace(/^http/, "ws");
    this.socket = this.open();
  }

  open() {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.ended || tell(JSON.parse(new TextDecoder().decode(data)));
    socket.onclose = ({ code }) => {
      if (this.ended || code === NORMAL || code >= REFUSED) return;
      this.retry = setTimeout(() => (this.socket = this.open()), RETRY);
    };
    return socket;
  }

  end() {
    this.ended = true;
    clearTimeout(this.retry);
    this.socket.close();
  }
}

/** @param {News} news */
function tell({ views, texts }) {
  for (const view of shown) view.hear(views[view.key() ?? ""]);
  for (const [place, text] of Object.entries(texts)) {
    const found = document.querySelector(place);
    if (found && text && found.outerHTML !== text) found.outerHTML = text;
  }
}
