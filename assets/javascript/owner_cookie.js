// @ts-check
/**
 * Leaves the token that owns a run in a cookie, or tells the app the one that is there: `pages/ui/state.py` says why.
 *
 * @import { Component } from "./types/streamlit"
 */

const YEAR = 31_536_000; // seconds

/** @param {Component} component Its data is the token that the app has given this page. */
export default function mount({ data, setStateValue }) {
  const mine = new TextDecoder().decode(data ?? new Uint8Array());
  const cookies = read();
  const found = tokenIn(cookies ?? "");
  if (found) {
    if (found !== mine) setStateValue("token", found);
    return;
  }
  if (cookies === undefined) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `ae_owner=${mine}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}

/**
 * The page's cookies; undefined in a sandboxed frame, which has none.
 *
 * @returns {string | undefined}
 */
function read() {
  try {
    return document.cookie;
  } catch {
    return undefined;
  }
}

/**
 * The token in a page's cookies.
 *
 * @param {string} cookies As `document.cookie` has them.
 */
export function tokenIn(cookies) {
  return cookies.match(/(?:^|; )ae_owner=([A-Za-z0-9_-]{43})/)?.[1];
}
