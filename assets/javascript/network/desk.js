// @ts-check
/**
 * Where the parts of a page have a worker compute: what is known, what waits, and what is asked next.
 *
 * One question for codes and one for pictures are under way at a time. Of those that wait, the newest of each kind stays.
 * Small ones go first, as many together as fit; a large one goes piece by piece, so that what a person does meanwhile
 * waits for one piece at most.
 */

const MOST_KEPT = 16_000_000; // numbers in answers that are kept
const AGAIN = [150, 300, 600, 1000]; // milliseconds until a question is asked again that no worker could answer, each time
const PIECE = 32; // rows that go together
const NEVER = [400, 403, 404, 409, 413]; // answers after which asking again is in vain

/** @typedef {"encoder" | "decoder"} Part */
/** @typedef {(part: Part, values: Float32Array) => Promise<{ status: number, values?: Float32Array }>} Ask */

/**
 * Some rows for which a part of the network is asked.
 *
 * @typedef {object} Question
 * @property {string} kind Of two of a kind only the newer one is still of interest.
 * @property {string} key Two questions with the same key have the same answer.
 * @property {Part} part
 * @property {Float32Array} values
 * @property {number} count Of rows.
 * @property {number} size Numbers in a row of the answer.
 * @property {(answer: Float32Array) => void} take Told the answer, once, if nothing newer of its kind was asked.
 * @property {() => void} tell Called when all are told who were answered together.
 * @property {Float32Array} [answer] As far as it is known.
 * @property {number} [done] Rows of it.
 */

/** @typedef {{ question: Question, rows: number }} Piece */

export class Desk {
  /** @type {Map<string, Float32Array>} */
  answers = new Map();
  kept = 0;
  /** @type {Map<string, Question>} */
  waiting = new Map();
  /**
   * What is under way.
   *
   * @type {Record<Part, Piece[]>}
   */
  asked = { encoder: [], decoder: [] };
  resting = { encoder: false, decoder: false };
  /** How often in a row no worker could answer. */
  failed = 0;
  /** @type {(() => void)[]} */
  idle = [];
  closed = false;

  /** @param {Ask} ask Has a worker answer. */
  constructor(ask) {
    this.ask = ask;
  }

  /** Whether all that it was asked is answered. */
  get settled() {
    return this.asked.encoder.length + this.asked.decoder.length + this.waiting.size === 0;
  }

  /**
   * An answer that is known.
   *
   * @param {string} key
   */
  known(key) {
    const known = this.answers.get(key);
    if (!known) return undefined;
    this.answers.delete(key);
    this.answers.set(key, known); // those that were wanted last stay
    return known;
  }

  /** @param {Question} question */
  want(question) {
    const { kind, key, part } = question;
    const same = (/** @type {Question | undefined} */ other) => other?.key === key && other.kind === kind;
    if (same(this.waiting.get(kind)) || this.asked[part].some((piece) => same(piece.question))) return;
    this.waiting.delete(kind);
    this.waiting.set(kind, question);
    void this.next(part);
  }

  /**
   * Asks what comes next.
   *
   * @param {Part} part
   * @returns {Promise<void>}
   */
  async next(part) {
    if (this.asked[part].length || this.resting[part] || this.closed) return;
    const pieces = (this.asked[part] = this.pieces(part));
    if (!pieces.length) {
      if (this.settled) for (const told of this.idle.splice(0)) told();
      return;
    }
    for (const { question } of pieces) this.waiting.delete(question.kind);
    const { status, values } = await this.ask(part, joined(pieces)).catch(() => ({ status: 0, values: undefined }));
    if (this.closed) return;
    if (values) {
      this.failed = 0;
      this.hand(pieces, values);
    } else if (!NEVER.includes(status)) {
      for (const { question } of pieces) if (!this.waiting.has(question.kind)) this.waiting.set(question.kind, question);
      this.resting[part] = true;
      await new Promise((resolve) => setTimeout(resolve, AGAIN[Math.min(this.failed++, AGAIN.length - 1)]));
      this.resting[part] = false;
    }
    this.asked[part] = [];
    await this.next(part);
  }

  /**
   * What is asked next.
   *
   * @param {Part} part
   * @returns {Piece[]}
   */
  pieces(part) {
    const large = (/** @type {Question} */ { count }) => Number(count > PIECE);
    const waiting = [...this.waiting.values()].filter((question) => question.part === part);
    const [first, ...others] = waiting.sort((one, other) => large(one) - large(other));
    if (!first) return [];
    const pieces = [{ question: first, rows: Math.min(PIECE, first.count - (first.done ?? 0)) }];
    let room = PIECE - first.count;
    for (const question of others) {
      if (question.count > room) continue;
      pieces.push({ question, rows: question.count });
      room -= question.count;
    }
    return pieces;
  }

  /**
   * Gives everybody their share of an answer.
   *
   * @param {Piece[]} pieces
   * @param {Float32Array} values
   */
  hand(pieces, values) {
    let at = 0;
    /** @type {Question[]} */
    const complete = [];
    for (const { question, rows } of pieces) {
      const { count, size, kind } = question;
      question.answer ??= new Float32Array(count * size);
      question.answer.set(values.subarray(at, at + rows * size), (question.done ?? 0) * size);
      question.done = (question.done ?? 0) + rows;
      at += rows * size;
      if (question.done === count) complete.push(question);
      else if (!this.waiting.has(kind)) this.waiting.set(kind, question);
    }
    const answered = new Map(complete.map(({ key, answer }) => [key, answer]));
    for (const [kind, question] of this.waiting) {
      if (!answered.has(question.key)) continue;
      this.waiting.delete(kind); // another part has asked the same
      complete.push(question);
    }
    for (const [key, answer] of answered) if (answer) this.keep(key, answer);
    for (const { key, take } of complete) take(answered.get(key) ?? new Float32Array());
    for (const tell of new Set(complete.map((question) => question.tell))) tell(); // what they ask now goes together
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

  /** @returns {Promise<void>} */
  settle() {
    if (this.settled) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  close() {
    this.closed = true;
    for (const told of this.idle.splice(0)) told();
  }
}

/**
 * The rows of some pieces, one behind the other.
 *
 * @param {Piece[]} pieces
 */
function joined(pieces) {
  const some = pieces.map(({ question: { values, count, done = 0 }, rows }) => {
    const length = values.length / count;
    return values.subarray(done * length, (done + rows) * length);
  });
  const all = new Float32Array(some.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of some) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}
