// @ts-check
/**
 * What was found in words: the verdict, the table of detectors, and the examples with what made them odd.
 *
 * @import { Anomalies, Confusion, Detector, Example, Feature, Part } from "../types/odd"
 */
import { escaped, estimate, exact, sampleSvg, short } from "./charts.js";

const MOST_NAMED = 12; // classes in a sentence
const SURE = 0.0125; // level of a difference: 5 %, over the four rivals that are looked at

/** @typedef {{ word: (name: string, values?: Record<string, string | number>) => string }} Speaker */

/**
 * Whether the run or one of its rivals does better, and whether that is more than chance.
 *
 * @param {Anomalies} found
 * @param {Speaker} speaker
 */
export function verdict({ detectors, own, whole }, speaker) {
  const [first, ...others] = detectors.slice(0, own);
  if (!first || first.auc === null) return speaker.word("unjudged");
  const rivals = detectors.slice(own).filter(({ auc }) => auc !== null);
  const best = rivals.reduce((one, other) => ((other.auc ?? 0) > (one.auc ?? 0) ? other : one), rivals[0] ?? first);
  const sentences = [speaker.word(`verdict_${compared(first, best)}`, said(first, best, speaker))];
  const top = others.reduce((one, other) => ((other.auc ?? 0) > (one.auc ?? 0) ? other : one), first);
  if (top !== first) {
    const kind = (top.auc ?? 0) > (best.auc ?? 0) ? "verdict_other_best" : "verdict_other";
    sentences.push(speaker.word(kind, { score: speaker.word(top.name), value: (top.auc ?? 0).toFixed(3) }));
  }
  if (first.auc < 0.5) sentences.push(speaker.word("verdict_worse"));
  if (!whole.alone) sentences.push(speaker.word("learnt_all"));
  return sentences.join(" ");
}

/**
 * The classes that a setting names, by their names.
 *
 * @param {string[]} classes Names by number.
 * @param {string} text Names, or numbers where no name is one, with commas between them.
 */
export function named(classes, text) {
  if (classes.includes(text.trim())) return [text.trim()]; // a name may have a comma in it
  const numbered = !classes.some((name) => /^\d+$/.test(name));
  return text.split(",").flatMap((part) => {
    const one = part.trim();
    if (classes.includes(one)) return [one];
    return (numbered && /^\d+$/.test(one) && classes[Number(one)]) || [];
  });
}

/**
 * Which classes a network has learnt from, and which are odd.
 *
 * @param {string[]} classes
 * @param {string[]} trained None for all.
 * @param {string[]} normal Those that count as normal.
 * @param {Speaker} speaker
 */
export function which(classes, trained, normal, speaker) {
  const list = (/** @type {string[]} */ names) => names.slice(0, MOST_NAMED).join(", ") + (names.length > MOST_NAMED ? ", …" : "");
  const learnt = trained.length ? speaker.word("learnt_from", { classes: list(trained) }) : speaker.word("learnt_from_all");
  const odd = classes.filter((name) => !normal.includes(name));
  if (!normal.length) return `${learnt} ${speaker.word("odd_none")}`;
  return `${learnt} ${speaker.word(odd.length ? "odd_are" : "odd_nobody", { classes: list(odd) })}`;
}

/**
 * @param {Detector} first
 * @param {Detector} best
 */
function compared(first, best) {
  const sure = (best.p_value ?? 1) < SURE;
  if ((best.auc ?? 0) > (first.auc ?? 0)) return sure ? "rival" : "maybe_rival";
  return sure ? "own" : "maybe_own";
}

/**
 * @param {Detector} first
 * @param {Detector} best
 * @param {Speaker} speaker
 */
function said(first, best, speaker) {
  const p = best.p_value ?? 1;
  return {
    rival: speaker.word(best.name),
    ours: (first.auc ?? 0).toFixed(3),
    theirs: (best.auc ?? 0).toFixed(3),
    p: p < 0.001 ? "< 0.001" : `= ${p.toFixed(3)}`,
  };
}

/**
 * @param {Anomalies} found
 * @param {Speaker} speaker
 */
export function detectorTable({ detectors, own }, speaker) {
  const heads = ["detector", "auc", "ap", "rows"].map((name) => `<th>${escaped(speaker.word(name))}</th>`);
  const best = Math.max(...detectors.map(({ auc }) => auc ?? 0));
  const lines = detectors.map((one, at) => {
    const cells = [
      escaped(speaker.word(one.name)),
      measured(one.auc, one.auc_interval),
      measured(one.ap, one.ap_interval),
      one.rows.toLocaleString(),
    ];
    const kind = `${at < own ? "ae-odd-own" : ""} ${one.auc !== null && one.auc === best ? "ae-odd-best" : ""}`;
    return `<tr class="${kind}" data-detector="${escaped(one.name)}">${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<table><thead><tr>${heads.join("")}</tr></thead><tbody>${lines.join("")}</tbody></table>`;
}

/**
 * Which line is whose, as HTML.
 *
 * @param {Detector[]} detectors
 * @param {string} chosen Name of the bold one.
 * @param {Speaker} speaker
 */
export function legend(detectors, chosen, speaker) {
  const entries = detectors.map(
    ({ name }) => `<span>${sampleSvg(name, name === chosen)}${escaped(speaker.word(name))}</span>`,
  );
  return entries.join("");
}

/**
 * An area as HTML, with its interval.
 *
 * @param {number | null} value
 * @param {[number, number] | null} ends
 */
function measured(value, ends) {
  if (value === null || ends === null) return "–";
  return `<b>${value.toFixed(3)}</b> <small>${ends[0].toFixed(3)}–${ends[1].toFixed(3)}</small>`;
}

/**
 * What an example is called: its row in the file where that is known, else its number.
 *
 * @param {number} place From 0.
 * @param {ArrayLike<number>} rows Rows in the file; none where they are unknown.
 * @param {string | undefined} name Of its class, or what tells it from others.
 * @param {string} kind What it is called without a row: `example` or `file_example`.
 * @param {Speaker} speaker
 */
export function called(place, rows, name, kind, speaker) {
  const row = rows[place] ?? place;
  const key = rows[place] === undefined ? kind : "file_row";
  return name === undefined ? speaker.word(key, { row }) : speaker.word(`${key}_of`, { row, name });
}

/**
 * A value that made an example odd, in words.
 *
 * @param {Feature} feature
 * @param {Speaker} speaker
 */
function inWords(feature, speaker) {
  const { name, category, guess } = feature;
  const share = Math.round(100 * feature.share);
  const expected = estimate(feature.expected, feature.value);
  if (!guess) return speaker.word("feature", { name, value: exact(feature.value), expected, share });
  if (!category) return speaker.word("feature_new", { name, guess, share });
  return speaker.word(category === guess ? "feature_unsure" : "feature_category", { name, category, guess, share });
}

/**
 * Examples as pictures, or as rows with what made them odd.
 *
 * @param {Example[]} shown
 * @param {(place: number) => string} title What the example with that number is called.
 * @param {Speaker} speaker
 */
export function examples(shown, title, speaker) {
  const figures = shown.map(({ row, score, features, picture }) => {
    const name = title(row);
    const parts = features.map((one) => inWords(one, speaker).replace(/ %/g, "\u00a0%")); // never at the start of a line
    const image = picture ? `<img alt="${escaped(name)}" src="data:image/png;base64,${escaped(picture)}">` : "";
    const list = parts.length ? `<ul>${parts.map((part) => `<li>${escaped(part)}</li>`).join("")}</ul>` : "";
    const caption = `${escaped(name)}<br>${escaped(speaker.word("error_value", { value: short(score) }))}`;
    return `<figure class="${picture ? "" : "ae-odd-row"}">${image}<figcaption>${caption}</figcaption>${list}</figure>`;
  });
  return figures.join("");
}

/**
 * Name of what is said below the examples: what their pictures show, or, without any, what the lists do.
 *
 * @param {Pick<Part, "noun" | "oddest">} part
 */
export function caption({ noun, oddest }) {
  if (!oddest.some(({ picture }) => picture)) return "listed";
  if (noun === "series") return "curves";
  return noun === "image" ? "picture" : "curve";
}

/**
 * What a threshold comes to, in lines.
 *
 * @param {Confusion} counts
 * @param {boolean} judged Whether something says which examples are odd.
 * @param {Speaker} speaker
 */
export function counted({ hits, misses, alarms, passed }, judged, speaker) {
  const above = hits + alarms;
  const total = above + misses + passed;
  const value = ((2 * hits) / (2 * hits + misses + alarms)).toFixed(3);
  const precision = above ? (hits / above).toFixed(3) : "–"; // of nothing
  const recall = (hits / (hits + misses)).toFixed(3);
  const said = judged
    ? speaker.word("f1_now", { value, precision, recall })
    : speaker.word("above", { count: above.toLocaleString(), total: total.toLocaleString() });
  return above ? [said] : [said, speaker.word("none_above")];
}
