// @ts-check
/**
 * In front of a hall: once an answer is clicked on, keys are the page's again. Streamlit's shortcuts wait for as long as
 * a choice has the keyboard; whoever goes about it by keys keeps it there.
 */

const CHOICES = ".st-key-predict, .st-key-pace, .st-key-learn_part";

/** @param {MouseEvent} event */
function free({ detail, target }) {
  if (!detail || !(target instanceof Element) || !target.closest(CHOICES)) return; // without detail a key has clicked
  setTimeout(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
}

let listening = false;

export default function mount() {
  if (!listening) document.addEventListener("click", free);
  listening = true;
}
