// @ts-check
/**
 * Mounts the stage. Streamlit calls this whenever a page's script has run, each time with the same element; what the
 * stage has heard and shows stays.
 *
 * @import { CleanUp, Component } from "../types/streamlit"
 */
import { unlessLeaving } from "./leaving.js";
import { Stage } from "./stage.js";

/** @type {WeakMap<Element, Stage>} */
const stages = new WeakMap();

/**
 * @param {Component} component
 * @param {string} base Address of the app.
 * @param {string} plotly Address of plotly.js.
 * @returns {CleanUp}
 */
export default function mount({ data, parentElement, setTriggerValue }, base, plotly) {
  const root = parentElement.querySelector(".ae-stage");
  if (!(root instanceof HTMLElement) || !data) throw new Error("There is no element for the stage, or no content.");
  let stage = stages.get(root);
  if (!stage || stage.closed) {
    stage = new Stage(root, base, plotly);
    stages.set(root, stage);
  }
  stage.runs.ask = unlessLeaving(root, setTriggerValue);
  stage.take(JSON.parse(new TextDecoder().decode(data)));
  const current = stage;
  // Streamlit also cleans up after a message that a newer one overtook; the stage is then still on the page.
  return () => void setTimeout(() => root.isConnected || current.close());
}
