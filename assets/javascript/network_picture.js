// @ts-check
/**
 * Puts the drawing of a network into the page. Streamlit takes SVG out of its own HTML elements, and in an image it
 * would not have the page's colours.
 *
 * @import { Component } from "./types/streamlit"
 */

/** @param {Component} component Its data is an SVG element, made by `pages/ui/form/diagram.py`. */
export default function mount({ data, parentElement }) {
  const picture = parentElement.querySelector(".ae-picture");
  if (picture) picture.innerHTML = new TextDecoder().decode(data ?? new Uint8Array());
}
