// @ts-check
/**
 * What is played with: the network, the held-out examples and their codes. All of it is in the browser, but for networks
 * that only a worker can compute.
 *
 * @import { Exploration } from "../types/explore"
 * @import { NoNetwork } from "../types/network"
 */
import { Network } from "../network/network.js";
import { RemoteNetwork } from "../network/remote.js";
import { Codes } from "./codes.js";
import { nearestRows } from "./neighbours.js";
import { habit, paint } from "./pixels.js";

const AT_ONCE = 100; // examples encoded before the page may do something else

export class Model {
  /**
   * @param {Network} network
   * @param {Uint8Array[]} pictures Raw held-out examples.
   * @param {Codes} codes
   * @param {Uint8Array} labels
   * @param {number[]} shape
   */
  constructor(network, pictures, codes, labels, shape) {
    this.network = network;
    this.pictures = pictures;
    this.codes = codes;
    this.labels = labels;
    this.shape = shape;
    this.habit = habit(pictures, shape[1] ?? 1);
  }

  /**
   * What a code looks like, as bytes.
   *
   * @param {Float32Array} code
   */
  picture(code) {
    return this.bytes(this.network.decode(code));
  }

  /**
   * What several codes look like.
   *
   * @param {Float32Array} codes One behind the other.
   * @returns {Uint8ClampedArray[]}
   */
  pictures_of(codes) {
    const count = codes.length / this.codes.size;
    const all = this.bytes(this.network.decode(codes, count));
    const length = all.length / count;
    return Array.from({ length: count }, (_, at) => all.subarray(at * length, (at + 1) * length));
  }

  /** @param {Float32Array} values As the network sees and makes them. */
  bytes(values) {
    return Uint8ClampedArray.from(this.network.raw(values));
  }

  /**
   * The code of a picture.
   *
   * @param {ArrayLike<number>} raw
   */
  code(raw) {
    return this.network.encode(this.network.scaled(raw));
  }

  /**
   * Where the encoder puts a picture, and how sure it is: mean and standard deviation of each number; undefined where a
   * code has no spread.
   *
   * @param {ArrayLike<number>} raw
   */
  cloud(raw) {
    const found = this.network.posterior(this.network.scaled(raw));
    return found && { mean: found.mean, deviation: found.logVariance.map((value) => Math.exp(0.5 * value)) };
  }

  /** Whether the network computes here. */
  get here() {
    return !this.network.description.worker;
  }

  /**
   * The same for a part of the page, which is told when an answer of its own comes later.
   *
   * @param {() => void} told
   * @returns {Model}
   */
  askedBy(told) {
    const { network } = this;
    return network instanceof RemoteNetwork ? Object.assign(Object.create(this), { network: network.askedBy(told) }) : this;
  }

  /** Bytes that it takes. */
  get weight() {
    return this.network.numbers.byteLength + this.codes.values.byteLength;
  }

  /** Whether a prior tells where codes lie. */
  get prior() {
    return typeof this.network.description.encoder.spread === "number";
  }

  /**
   * The examples whose pixels are nearest to those of a picture.
   *
   * @param {ArrayLike<number>} raw
   * @param {number} most
   */
  alike(raw, most) {
    return nearestRows(this.pictures.length, (place) => this.pictures[place] ?? [], raw, most);
  }

  /**
   * An example as something that can be drawn many times.
   *
   * @param {number} place
   */
  thumbnail(place) {
    const known = this.thumbnails.get(place);
    if (known) return known;
    const canvas = document.createElement("canvas");
    paint(canvas, this.pictures[place] ?? [], this.shape);
    this.thumbnails.set(place, canvas);
    return canvas;
  }

  /** @type {Map<number, HTMLCanvasElement>} */
  thumbnails = new Map();

  /**
   * The mean of some examples' pictures.
   *
   * @param {number[]} places
   */
  meanPicture(places) {
    const sum = new Float32Array(this.network.exampleSize);
    for (const place of places) {
      this.pictures[place]?.forEach((value, at) => (sum[at] = (sum[at] ?? 0) + value / places.length));
    }
    return Uint8ClampedArray.from(sum);
  }

  /**
   * Squared error between two pictures, mean over their pixels, of values in [0, 1].
   *
   * @param {ArrayLike<number>} one
   * @param {ArrayLike<number>} other
   */
  error(one, other) {
    let sum = 0;
    for (let at = 0; at < one.length; at++) sum += (((one[at] ?? 0) - (other[at] ?? 0)) / 255) ** 2;
    return sum / one.length;
  }
}

/**
 * Why a run cannot be played with: a sentence for a person.
 */
export class Refusal extends Error {
  /**
   * @param {string} why
   * @param {boolean} later Whether it is worth asking again.
   */
  constructor(why, later) {
    super(why);
    this.later = later;
  }
}

/**
 * All of it: encodes the examples.
 *
 * @param {Exploration} wanted
 * @param {Uint8Array[]} pictures
 * @param {Network | NoNetwork} network
 * @param {(share: number) => void} tell Told how far it is.
 */
export async function learnt(wanted, pictures, network, tell) {
  if (!(network instanceof Network)) throw new Refusal(network.why, network.later);
  const values = new Float32Array(pictures.length * network.codeSize);
  for (let first = 0; first < pictures.length; first += AT_ONCE) {
    const some = pictures.slice(first, first + AT_ONCE);
    const raw = new Uint8Array(some.length * network.exampleSize);
    some.forEach((one, at) => raw.set(one, at * network.exampleSize));
    values.set(await network.coded(network.scaled(raw), some.length), first * network.codeSize);
    tell((first + some.length) / pictures.length);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const labels = Uint8Array.from(atob(wanted.labels), (letter) => letter.charCodeAt(0));
  const { mean, covariance } = network.description.codes;
  const spread = { mean: network.array(mean), covariance: covariance && network.array(covariance) };
  return new Model(network, pictures, new Codes(values, network.codeSize, spread), labels, wanted.shape);
}

/**
 * The held-out examples, fetched and read off their sheet.
 *
 * @param {Exploration} wanted
 * @param {string} base
 * @returns {Promise<Uint8Array[]>}
 */
export async function examples({ atlas, shape }, base) {
  const image = new Image();
  image.src = base + atlas.url;
  await image.decode();
  const sheet = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("There is no canvas.");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  const [height = 1, width = 1, channels = 1] = shape;
  return Array.from({ length: atlas.count }, (_, place) => {
    const [left, top] = [(place % atlas.columns) * width, Math.floor(place / atlas.columns) * height];
    const one = new Uint8Array(height * width * channels);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const from = 4 * ((top + row) * image.width + left + column);
        for (let colour = 0; colour < channels; colour++) {
          one[(row * width + column) * channels + colour] = data[from + colour] ?? 0;
        }
      }
    }
    return one;
  });
}
