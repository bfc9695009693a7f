// @ts-check
/**
 * Mounts the table of runs. Streamlit calls this at every message, each time with the same element.
 *
 * @import { Component } from "../types/streamlit"
 */
import { Table } from "./table.js";

/** @type {WeakMap<Element, Table>} */
const tables = new WeakMap();

/** @param {Component} component */
export default function mount({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".ae-runs");
  if (!root) throw new Error("There is no element for the table of runs.");
  if (!data?.length) return;
  const message = new TextDecoder().decode(data);
  const table = tables.get(root);
  if (table) {
    table.receive(message);
    return;
  }
  const send = (/** @type {string[]} */ chosen) => setStateValue("chosen", chosen.join(" "));
  const ask = (/** @type {string} */ wanted) => setStateValue("asked", wanted);
  tables.set(root, new Table(root, message, send, ask));
}
