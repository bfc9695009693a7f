// @ts-check
/**
 * A row of pictures that can be gone through with the arrow keys: each does what a click on it does.
 */

/**
 * @param {HTMLElement} row Its children are the pictures.
 * @param {string} label What is read aloud when the keyboard comes to it.
 */
export function byKeys(row, label) {
  let place = -1;
  row.tabIndex = 0;
  row.setAttribute("role", "application");
  row.setAttribute("aria-label", label);
  row.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || !row.children.length) return;
    event.preventDefault();
    place = Math.min(Math.max(place + by, 0), row.children.length - 1);
    row.children[place]?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });
}
