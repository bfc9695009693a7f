/** What Streamlit hands to a component at every message and at every change of theme. */
export interface Component {
  /** The bytes that the page mounted the component with; null if there were none. */
  data: Uint8Array | null;
  /** Holds the component's HTML. The same element every time, for as long as the component is on the page. */
  parentElement: Element | ShadowRoot;
  /** Sends a value back to the page's script, which then runs again. */
  setStateValue(name: string, value: string): void;
  /** Sends a value back for the one run of the page's script that follows. */
  setTriggerValue(name: string, value: string): void;
}

/** What a component returns to be told that a newer message has come, or that it has left the page. */
export type CleanUp = () => void;
