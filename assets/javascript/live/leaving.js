// @ts-check
/**
 * Keeps a component from asking for a run of the page's script while a person goes to another page. Until the other
 * page's script runs, Streamlit takes every question for one of the page that is left, and stays there: the link seems
 * dead.
 */

const LONGEST = 5000; // milliseconds that it takes until the other page's script runs, at most
const LOOK = 200; // milliseconds between two looks whether the address has changed

/** The page that a person is leaving; empty if nobody is. */
let from = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let stays;
/** Whether a question was asked that Streamlit has not sent yet: it does that once all else is done. */
let unsent = false;
/** The link that was clicked meanwhile.
 * @type {HTMLAnchorElement | undefined}
 */
let clicked;
let listening = false;
/** The page that is open. */
let path = "";
let went = 0; // how often a person has gone back, or forth, to another page
let arrived = 0; // how many of these times are over

/**
 * A question that waits while a person is leaving, and is not asked if the component is gone then.
 *
 * @template {string[]} Given
 * @param {Element | ShadowRoot} component
 * @param {(...given: Given) => void} ask
 * @returns {(...given: Given) => void}
 */
export function unlessLeaving(component, ask) {
  listen();
  path = location.pathname;
  const born = went; // a component of the page to which a person has gone back is drawn there
  return function asked(...given) {
    if (location.pathname === from || (born < went && arrived < went)) {
      setTimeout(() => component.isConnected && asked(...given), LOOK);
      return;
    }
    ask(...given);
    unsent = true;
    setTimeout(sent); // after the timer that Streamlit has just set
  };
}

function sent() {
  unsent = false;
  clicked?.click();
  clicked = undefined;
}

function listen() {
  if (listening) return;
  listening = true;
  document.addEventListener("click", leave, { capture: true });
  addEventListener("popstate", goBack);
}

/** The browser's own buttons change the address at once. */
function goBack() {
  if (location.pathname === path) return;
  path = location.pathname;
  const now = ++went;
  setTimeout(() => (arrived = now), LONGEST);
}

/** @param {MouseEvent} event */
function leave(event) {
  const { target, button, ctrlKey, metaKey, shiftKey } = event;
  const link = target instanceof Element ? target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || button || ctrlKey || metaKey || shiftKey) return; // another window opens
  if (link.target === "_blank" || link.origin !== location.origin || link.pathname === location.pathname) return;
  if (unsent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    clicked = link;
    return;
  }
  from = location.pathname;
  clearTimeout(stays);
  stays = setTimeout(() => (from = ""), LONGEST);
}
