// @ts-check
/**
 * A trained network that a worker computes, with the functions of one that computes here. Each gives at once what is
 * known: the answer, or what it was asked last in the same way; when the answer comes, whoever listens asks again.
 *
 * One question is asked at a time. Of those that wait, the newest of each kind stays.
 */
import { Network } from "./network.js";

const MOST_KEPT = 16_000_000; // numbers in answers that are kept
const AGAIN = 1000; // milliseconds until a question is asked again that no worker could answer
const NEVER = [400, 403, 404, 409, 413]; // answers after which asking again is in vain

/** @typedef {{ part: "encoder" | "decoder", key: string, values: Float32Array }} Question */
/** @typedef {(part: string, values: Float32Array) => Promise<{ status: number, values?: Float32Array }>} Ask */

export class RemoteNetwork extends Network {
  /** @type {Map<string, Float32Array>} */
  answers = new Map();
  kept = 0;
  /**
   * The last answer of each kind.
   *
   * @type {Map<string, Float32Array>}
   */
  last = new Map();
  /** @type {Map<string, Question>} */
  waiting = new Map();
  /** @type {Question | undefined} */
  asked;
  /** Told that an answer has come. */
  listen = () => {};
  /** @type {(() => void)[]} */
  idle = [];
  closed = false;

  /**
   * @param {ArrayBuffer} buffer See `Network`; its parts have no layers.
   * @param {Ask} ask Has a worker answer.
   */
  constructor(buffer, ask) {
    super(buffer);
    this.ask = ask;
    this.codeSize = this.description.codes.mean.shape[0] ?? 1;
  }

  /** @override */
  get settled() {
    return !this.asked && this.waiting.size === 0;
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
      const { status, values } = await this.ask("encoder", examples);
      if (values) return values;
      if (NEVER.includes(status) || this.closed) throw new Error(`The app answered ${status}.`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }

  /**
   * @param {"encoder" | "decoder"} part
   * @param {Float32Array} values
   * @param {number} count Of rows.
   * @param {number} size Numbers in a row of the answer.
   */
  answer(part, values, count, size) {
    const kind = `${part} ${count}`;
    const key = `${kind} ${values.join()}`;
    const known = this.answers.get(key);
    if (known) {
      this.answers.delete(key);
      this.answers.set(key, known); // those that were wanted last stay
      return known;
    }
    if (this.asked?.key !== key) {
      this.waiting.delete(kind);
      this.waiting.set(kind, { part, key, values: values.slice() });
      void this.next();
    }
    return this.last.get(kind) ?? new Float32Array(count * size);
  }

  async next() {
    if (this.asked || this.closed) return;
    // Codes first: what is made of them would be asked in vain.
    const kinds = [...this.waiting.keys()];
    const kind = kinds.find((one) => one.startsWith("encoder")) ?? kinds[0];
    const question = kind === undefined ? undefined : this.waiting.get(kind);
    if (kind === undefined || !question) {
      for (const told of this.idle.splice(0)) told();
      return;
    }
    this.waiting.delete(kind);
    this.asked = question;
    const { status, values } = await this.ask(question.part, question.values).catch(() => ({ status: 0, values: undefined }));
    this.asked = undefined;
    if (this.closed) return;
    if (values) {
      this.keep(question.key, values);
      this.last.set(kind, values);
      this.listen();
    } else if (!NEVER.includes(status)) {
      if (!this.waiting.has(kind)) this.waiting.set(kind, question);
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
    await this.next();
  }

  /**
   * @param {string} key
   * @param {Float32Array} values
   */
  keep(key, values) {
    this.answers.set(key, values);
    this.kept += values.length + key.length / 4;
    for (const [old, gone] of this.answers) {
      if (this.kept <= MOST_KEPT || old === key) break;
      this.answers.delete(old);
      this.kept -= gone.length + old.length / 4;
    }
  }

  /** @override @returns {Promise<void>} */
  settle() {
    if (this.settled) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  /** @override */
  close() {
    this.closed = true;
    for (const told of this.idle.splice(0)) told();
  }
}
