// @ts-check
/**
 * Hears over a WebSocket what is new. At the other end speaks `pages/ui/live/streaming.py`.
 *
 * @import { News } from "../types/stage"
 */

const RETRY = 1000; // milliseconds until a lost connection is opened again
const PATIENCE = 4500; // milliseconds without a sign of life until a connection counts as lost: two of them late
const AT_HAND = 500; // milliseconds more, in which a page that was busy hears what came meanwhile
const NEVER = 8000; // milliseconds until a connection that was never open counts as impossible
const REFUSED = 4000; // the least of the codes with which the app says that it will not be heard

/**
 * What a connection tells.
 *
 * @typedef {object} Ears
 * @property {(news: News) => void} hear Something new.
 * @property {(lost: boolean) => void} lose Whether the connection is lost.
 * @property {() => void} gone What was listened to is there no more.
 * @property {() => void} deaf No connection can be had.
 */

/** A connection that is opened again whenever it is lost. */
export class Connection {
  ended = false;
  /** Whether it was ever open. */
  heard = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  silence;

  /**
   * @param {string} base Address of the app.
   * @param {string} address Where, relative to the app.
   * @param {Ears} ears
   */
  constructor(base, address, ears) {
    this.address = address;
    this.ears = ears;
    this.url = new URL(base + address, location.href).href.replace(/^http/, "ws");
    this.never = setTimeout(() => this.ended || this.heard || ears.deaf(), NEVER);
    this.socket = this.open();
  }

  open() {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (this.ended) return;
      if (socket.readyState === WebSocket.OPEN) socket.send("taken"); // the app sends no more than a few ahead of this
      this.alive();
      this.ears.hear(JSON.parse(new TextDecoder().decode(data)));
    };
    socket.onclose = ({ code }) => {
      if (this.ended || socket !== this.socket) return;
      if (code >= REFUSED) {
        this.end();
        this.ears.gone();
        return;
      }
      if (this.heard) this.ears.lose(true);
      this.again();
    };
    return socket;
  }

  alive() {
    if (!this.heard || this.silence === undefined) this.ears.lose(false);
    this.heard = true;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.silence = setTimeout(() => this.lost(), AT_HAND);
    }, PATIENCE);
  }

  lost() {
    this.silence = undefined;
    this.ears.lose(true);
    this.socket.close();
    this.again();
  }

  again() {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.silence = undefined;
    this.retry = setTimeout(() => (this.socket = this.open()), RETRY);
  }

  end() {
    this.ended = true;
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    clearTimeout(this.never);
    this.socket.close();
  }
}
