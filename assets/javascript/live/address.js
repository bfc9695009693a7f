// @ts-check
/**
 * The frame in the page's address: whoever is sent it sees the same one.
 */

const NAME = "frame";
const WAIT = 300; // milliseconds until a frame that is looked at stands in the address

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

/**
 * Writes the step of the frame that is looked at into the address, or takes it away.
 *
 * @param {number | undefined} step Undefined for whatever is newest.
 */
export function write(step) {
  if (!location.protocol.startsWith("http")) return; // a page on a disk keeps its address
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const address = new URL(location.href);
    if (step === undefined) address.searchParams.delete(NAME);
    else address.searchParams.set(NAME, String(step));
    // Streamlit writes commas as they are.
    const wanted = address.href.replaceAll("%2C", ",");
    if (wanted !== location.href) history.replaceState(history.state, "", wanted);
  }, WAIT);
}
