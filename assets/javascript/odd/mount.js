// @ts-check
/**
 * Mounts the section that says which examples are odd. Streamlit calls this at every message, with the same element;
 * what was found for a run stays.
 *
 * @import { CleanUp, Component } from "../types/streamlit"
 * @import { Wanted } from "../types/odd"
 */
import { Odd } from "./odd.js";

/** @type {WeakMap<Element, Odd>} */
const sections = new WeakMap();
/** @type {Odd | undefined} */
let latest;

/**
 * @param {Component} component
 * @param {string} base Address of the app.
 * @returns {CleanUp}
 */
export default function mount({ data, parentElement }, base) {
  const root = parentElement.querySelector(".ae-odd");
  if (!(root instanceof HTMLElement) || !data) throw new Error("There is no element for odd examples, or no content.");
  /** @type {Wanted} */
  const wanted = JSON.parse(new TextDecoder().decode(data));
  let section = sections.get(root);
  if (!section || section.closed || section.wanted.run !== wanted.run || section.wanted.step !== wanted.step) {
    const before = latest;
    section = new Odd(root, wanted, base);
    if (before && before.wanted.run === wanted.run && before.wanted.step === wanted.step) section.goOn(before);
    before?.close();
    sections.set(root, section);
    latest = section;
  } else {
    section.take(wanted);
  }
  const current = section;
  return () => void setTimeout(() => root.isConnected || current.close());
}
