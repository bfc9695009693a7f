// @ts-check
/**
 * Has Streamlit run a page's script, because something was heard that only a run of it can draw.
 */

const AGAIN = 2000; // milliseconds until a run that changed nothing is asked for again

/** What the script drew, what was heard since, and the run that was asked for because of that. */
export class ScriptRuns {
  /** The token that the script brought, see `streaming.token`. */
  brought = "";
  /** The newest one that was heard. */
  heard = "";
  asked = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  again;
  /** @type {(name: string, value: string) => void} */
  ask = () => {};

  /**
   * The script has run.
   *
   * @param {string} token
   */
  take(token) {
    this.brought = token;
    if (token === this.heard) this.asked = "";
  }

  /**
   * A token was heard.
   *
   * @param {string} token
   */
  hear(token) {
    this.heard = token;
    if (token !== this.brought) this.request(token);
  }

  /**
   * Asks for a run, once; and again while the script brings something older than what was heard.
   *
   * @param {string} why
   */
  request(why) {
    if (why === this.asked) return;
    this.asked = why;
    this.ask("changed", why);
    clearTimeout(this.again);
    this.again = setTimeout(() => {
      this.asked = "";
      if (this.heard && this.heard !== this.brought) this.request(this.heard);
    }, AGAIN);
  }

  /** Something else is listened to from now on, or nothing. */
  forget() {
    this.heard = this.asked = "";
    clearTimeout(this.again);
  }
}
