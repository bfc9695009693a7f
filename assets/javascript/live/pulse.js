// @ts-check
/**
 * Asks for a run of a page's script when something has changed that Streamlit draws: now and then while runs are heard
 * of that train, or after a while.
 *
 * @import { CleanUp, Component } from "../types/streamlit"
 * @import { Pulse } from "../types/stage"
 */
import { Connection } from "./connection.js";
import { unlessLeaving } from "./leaving.js";

const LEAST = 2000; // milliseconds between two runs of the script

/**
 * The one that beats for the page.
 *
 * @type {Beating | undefined}
 */
let beating;

/**
 * @param {Component} component
 * @param {string} base Address of the app.
 * @returns {CleanUp}
 */
export default function pulse({ data, parentElement, setTriggerValue }, base) {
  /** @type {Pulse} */
  const wanted = JSON.parse(new TextDecoder().decode(data ?? new Uint8Array()));
  const ask = unlessLeaving(parentElement, (token) => setTriggerValue("changed", token));
  if (beating?.closed !== false || beating.address !== wanted.address) {
    beating?.close();
    beating = new Beating(base, wanted.address);
  }
  beating.ask = ask;
  beating.expect(wanted);
  const mine = beating;
  return () => void setTimeout(() => parentElement.isConnected || mine.close());
}

export class Beating {
  closed = false;
  token = "";
  after = 0; // milliseconds
  heard = "";
  asked = 0;
  /** @type {(token: string) => void} */
  ask = () => {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting;

  /**
   * @param {string} base Address of the app.
   * @param {string} address Where is heard what changes; empty for nowhere.
   */
  constructor(base, address) {
    this.address = address;
    const nothing = () => {};
    this.connection = address
      ? new Connection(base, address, {
          hear: ({ token }) => {
            if (token !== undefined) this.heard = token;
            if (token !== undefined && token !== this.token) this.later(LEAST - (performance.now() - this.asked));
          },
          lose: nothing,
          gone: nothing,
          deaf: () => this.later(LEAST),
        })
      : undefined;
  }

  /** @param {Pulse} wanted */
  expect({ token, after }) {
    this.token = token;
    this.after = after;
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.askAgain();
  }

  /** Asks in a while if the page wants to be drawn again or does not know what was heard. */
  askAgain() {
    if (this.after) this.later(this.after);
    else if (this.heard && this.heard !== this.token) this.later(LEAST);
  }

  /** @param {number} milliseconds */
  later(milliseconds) {
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      this.asked = performance.now();
      if (this.closed) return;
      this.ask(`${this.heard} ${this.asked}`);
      this.askAgain(); // a run of the script may be overtaken, or bring the same as before, which is not told here
    }, Math.max(milliseconds, 0));
  }

  close() {
    this.closed = true;
    clearTimeout(this.waiting);
    this.connection?.end();
  }
}
