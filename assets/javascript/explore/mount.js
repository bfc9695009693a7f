// @ts-check
/**
 * Mounts the Explore page's component: a network to play with. Streamlit calls this at every message, with the same
 * element; the same run stays as it is, at the step that is looked at.
 *
 * @import { CleanUp, Component } from "../types/streamlit"
 * @import { Exploration } from "../types/explore"
 */
import { Explorer } from "./explorer.js";

/** @type {WeakMap<Element, Explorer>} */
const explorers = new WeakMap();

/**
 * @param {Component} component
 * @param {string} base Address of the app.
 * @returns {CleanUp}
 */
export default function mount({ data, parentElement }, base) {
  const root = parentElement.querySelector(".ae-explore");
  if (!(root instanceof HTMLElement) || !data) throw new Error("There is no element to explore in, or no content.");
  /** @type {Exploration} */
  const wanted = JSON.parse(new TextDecoder().decode(data));
  let explorer = explorers.get(root);
  if (!explorer || explorer.closed || explorer.wanted.run !== wanted.run) {
    explorer?.close();
    explorer = new Explorer(root, wanted, base);
    explorers.set(root, explorer);
  } else {
    explorer.take(wanted);
    explorer.draw(); // in the colours of another theme
  }
  const current = explorer;
  return () => void setTimeout(() => root.isConnected || current.close());
}
