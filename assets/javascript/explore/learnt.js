// @ts-check
/**
 * How what is played with comes to the page: the network, and the held-out examples, which are encoded.
 *
 * @import { Exploration } from "../types/explore"
 * @import { NoNetwork } from "../types/network"
 */
import { Network } from "../network/network.js";
import { Codes } from "./codes.js";
import { lookOf } from "./looks.js";
import { Model } from "./model.js";
import { PictureLook } from "./picture_look.js";
import { ValueModel, filled } from "./value_model.js";
import { Values } from "./values.js";

const AT_ONCE = 100; // examples encoded before the page may do something else
const MOST_NAMELESS = 64; // values of a row of which nothing is known, as in the app's other figures

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
 * @param {Uint8Array[] | undefined} pictures The examples; undefined for rows and series, which come with the network.
 * @param {Network | NoNetwork} network
 * @param {(share: number) => void} tell Told how far it is.
 */
export async function learnt(wanted, pictures, network, tell) {
  if (!(network instanceof Network)) throw new Refusal(network.why, network.later);
  const { exampleSize, codeSize } = network;
  const brought = pictures ? [] : rows(network, wanted.atlas.count);
  const examples = pictures ?? brought;
  if (!examples.length) throw new Refusal(wanted.words["refused"] ?? "", false);
  const values = new Float32Array(examples.length * codeSize);
  for (let first = 0; first < examples.length; first += AT_ONCE) {
    const some = examples.slice(first, first + AT_ONCE);
    const seen = new Float32Array(some.length * exampleSize);
    some.forEach((one, at) => seen.set(pictures ? network.scaled(one) : filled(network, one), at * exampleSize));
    values.set(await network.coded(seen, some.length), first * codeSize);
    tell((first + some.length) / examples.length);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const labels = Uint8Array.from(atob(wanted.labels), (letter) => letter.charCodeAt(0)).subarray(0, examples.length);
  const { mean, covariance } = network.description.codes;
  const spread = { mean: network.array(mean), covariance: covariance && network.array(covariance) };
  const codes = new Codes(values, codeSize, spread);
  const { prior } = wanted;
  if (pictures) return Object.assign(new Model(network, pictures, codes, labels, new PictureLook(wanted.shape)), { prior });
  const known = isCurve(wanted, brought)
    ? new Values([{ name: wanted.words["curve"] ?? "", unit: "", category: "" }], network, brought, labels, [exampleSize, 1])
    : new Values(wanted.columns, network, brought, labels);
  return Object.assign(new ValueModel(network, brought, codes, labels, lookOf(wanted, known), known), { prior });
}

/**
 * Whether rows are curves: so they look where nothing is known of many values.
 *
 * @param {Exploration} wanted
 * @param {Float32Array[]} rows
 */
function isCurve({ noun, columns }, rows) {
  const known = rows.every((row) => !row.some(Number.isNaN));
  return noun === "row" && !columns.length && known && (rows[0]?.length ?? 0) > MOST_NAMELESS;
}

/**
 * The held-out rows or series, as the network sees them; none of an earlier version of the app.
 *
 * @param {Network} network
 * @param {number} most
 */
function rows(network, most) {
  const { rows: place } = network.description.examples;
  if (!place) return [];
  const { exampleSize } = network;
  const all = network.array(place);
  return Array.from({ length: Math.min(most, place.shape[0] ?? 0) }, (_, at) => all.subarray(at * exampleSize, (at + 1) * exampleSize));
}

/**
 * The held-out pictures, fetched and read off their sheet.
 *
 * @param {Exploration} wanted
 * @param {string} base
 * @returns {Promise<Uint8Array[]>}
 */
export async function sheet({ atlas, shape }, base) {
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
