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
const TIMES = 3; // that this is said, as Streamlit may lose a question
const HANGING = 20_000; // milliseconds until a socket over which nothing has come is given up
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
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  never;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  hanging;

  /**
   * @param {string} base Address of the app.
   * @param {string} address Where, relative to the app.
   * @param {Ears} ears
   */
  constructor(base, address, ears) {
    this.address = address;
    this.ears = ears;
    this.url = new URL(base + address, location.href).href.replace(/^http/, "ws");
    this.despair(TIMES);
    this.socket = this.open();
  }

  /** @param {number} times How often it is said that no connection can be had. */
  despair(times) {
    if (!times) return;
    this.never = setTimeout(() => {
      if (this.heard) return;
      this.ears.deaf();
      this.despair(times - 1);
    }, NEVER);
  }

  open() {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.hanging = setTimeout(() => {
      socket.close();
      this.again();
    }, HANGING);
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
    clearTimeout(this.hanging);
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
    clearTimeout(this.hanging);
    clearTimeout(this.silence);
    this.silence = undefined;
    this.retry = setTimeout(() => (this.socket = this.open()), RETRY);
  }

  end() {
    this.ended = true;
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    clearTimeout(this.hanging);
    clearTimeout(this.never);
    this.socket.close();
  }
}
