// @ts-check
/**
 * Loads the page anew in a language that its reader has chosen: `pages/ui/words/switch.py` says why.
 *
 * @import { Component } from "./types/streamlit"
 */

/** @param {Component} component Its data is the language. */
export default function mount({ data }) {
  const address = new URL(location.href);
  address.searchParams.set("lang", new TextDecoder().decode(data ?? new Uint8Array()));
  location.replace(address);
}
