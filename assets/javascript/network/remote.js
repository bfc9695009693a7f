// @ts-check
/**
 * A trained network that a worker computes, with the functions of one that computes here. Each gives at once what is
 * known: the answer, or what it answered last in the same way; when the answer comes, whoever asked is told, and asks
 * again. See `desk.js` for what is asked when.
 *
 * @import { Ask, Part } from "./desk.js"
 */
import { Desk } from "./desk.js";
import { Network } from "./network.js";

const AGAIN = 1000; // milliseconds until codes are asked for again that no worker could answer
const NEVER = [400, 403, 404, 409, 413]; // answers after which that is in vain

export class RemoteNetwork extends Network {
  /**
   * The last answer of each kind, and what it is about.
   *
   * @type {Map<string, { values: Float32Array, began: number }>}
   */
  last = new Map();
  /** Told that an answer has come. */
  listen = () => {};
  /** @type {number | undefined} */
  heard;
  name = 0;
  views = 0;

  /**
   * @param {ArrayBuffer} buffer See `Network`; its parts have no layers.
   * @param {Ask} ask Has a worker answer.
   */
  constructor(buffer, ask) {
    super(buffer);
    this.desk = new Desk(ask);
    this.codeSize = this.description.codes.mean.shape[0] ?? 1;
  }

  /**
   * The same network for one of several who ask: what is of one kind for the one is not for another, and only who has
   * asked is told.
   *
   * @param {() => void} told
   * @returns {RemoteNetwork}
   */
  askedBy(told) {
    this.views += 1;
    return Object.assign(Object.create(this), { last: new Map(), listen: told, name: this.views });
  }

  /** @override */
  get since() {
    return this.heard;
  }

  /** @override */
  get settled() {
    return this.desk.settled;
  }

  /** @override @param {Float32Array} examples */
  encode(examples, count = 1) {
    return this.answer("encoder", examples, count, this.codeSize);
  }

  /** @override @param {Float32Array} codes */
  decode(codes, count = 1) {
    return this.answer("decoder", codes, count, this.exampleSize);
  }

  /** @override */
  posterior() {
    return undefined;
  }

  /** @override @param {Float32Array} examples */
  async coded(examples) {
    for (;;) {
      const { status, values } = await this.desk.ask("encoder", examples);
      if (values) return values;
      if (NEVER.includes(status) || this.desk.closed) throw new Error(`The app answered ${status}.`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }

  /**
   * @param {Part} part
   * @param {Float32Array} values
   * @param {number} count Of rows.
   * @param {number} size Numbers in a row of the answer.
   */
  answer(part, values, count, size) {
    const { began } = this;
    const way = `${part} ${count}`;
    const key = `${way} ${values.join()}`;
    const take = (/** @type {Float32Array} */ answer) => void this.last.set(way, { values: answer, began });
    const known = this.desk.known(key);
    if (known) {
      take(known);
    } else {
      this.desk.want({ kind: `${this.name} ${way}`, key, part, values: values.slice(), count, size, take, tell: this.listen });
    }
    const last = this.last.get(way);
    this.heard = last?.began;
    return last?.values ?? new Float32Array(count * size);
  }

  /** @override */
  settle() {
    return this.desk.settle();
  }

  /** @override */
  drop() {
    this.desk.waiting.clear();
  }

  /** @override */
  close() {
    this.desk.close();
  }
}
