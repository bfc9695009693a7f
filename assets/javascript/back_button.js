// @ts-check
/**
 * Has the browser's own button lead to the page before. Streamlit makes an entry of the history for each address, and each
 * setting that is chosen is written there; the form does not go back to it, so that button would seem dead.
 */

/** @param {Pick<History, "pushState" | "replaceState">} history */
export function oneEntryForEachPage(history) {
  const push = history.pushState.bind(history);
  history.pushState = (state, unused, url) => {
    const stays = !url || new URL(url, location.href).pathname === location.pathname;
    if (stays) history.replaceState(state, unused, url);
    else push(state, unused, url);
  };
}

let done = false;

export default function mount() {
  if (!done) oneEntryForEachPage(history);
  done = true;
}
