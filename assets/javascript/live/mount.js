// @ts-check
/**
 * Mounts a figure that stands alone. Streamlit calls this at every message and at every change of theme, each time with
 * the same element. Element and figure stay.
 *
 * @import { CleanUp, Component } from "../types/streamlit"
 */
import { View } from "./view.js";

/** @type {WeakMap<HTMLElement, View>} */
const views = new WeakMap();

/**
 * @param {Component} component
 * @param {string} base Address of the app.
 * @param {string} plotly Address of plotly.js.
 * @returns {Promise<CleanUp>}
 */
export default async function mount({ data, parentElement }, base, plotly) {
  /** @type {HTMLElement | null} */
  const root = parentElement.querySelector(".ae-live");
  if (!root) throw new Error("There is no element for the view.");
  let view = views.get(root);
  if (!view || view.closed) {
    root.replaceChildren(); // what a view left behind that was away for a moment
    view = new View(root, base, plotly);
    views.set(root, view);
  }
  await view.receive(data);
  const current = view;
  // Streamlit also cleans up after a message that a newer one overtook; the view is then still on the page.
  return () => void setTimeout(() => root.isConnected || current.close());
}
