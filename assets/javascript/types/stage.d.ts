import type { Figure } from "./figure";

/** What `pages/ui/live/drawn.py` makes of one step of a run. */
export interface Frame {
  /** Optimiser step. */
  step: number;
  /** Epochs done. */
  epoch: number;
  /** The present phase in words, or an empty text. */
  phase: string;
  /** The last point of the curves, by column. */
  point: Record<string, number | null>;
  /** What is to be marked on the timeline: rates that were changed, and where phases begin. */
  marks: Mark[];
  /** Whether it is one step after the frame before, so that one can see what a step changes. */
  slow: boolean;
  /** Figures by element key, such as `live_loss`. */
  views: Record<string, Figure>;
  /** HTML by the name of its place. */
  texts: Record<string, string>;
  /** What is said of a view whose figure serves all frames, by element key. */
  sentences: Record<string, string>;
}

export interface Mark {
  step: number;
  text: string;
}

/** Tone (a class of the style sheet), word, sentence. */
export type Status = [string, string, string];

/** What `pages/ui/live/streaming.py` says; nothing but that the connection lives if all is missing. */
export interface News {
  /** What the parts of the page depend on that Streamlit draws. */
  token?: string;
  /** When it last changed, in seconds on a clock of the app; 0 where that is unknown. */
  at?: number;
  status?: Status;
  frame?: Frame | null;
  /** Steps of which there are frames, growing; none where nothing is said of them. */
  steps?: number[];
}

/** What `pages/ui/live/stage.py` sends: how things stand when the page's script runs. */
export interface Content {
  /** What is shown; frames of something else have nothing to do with it. */
  of: string;
  status: Status;
  /** What must be said instead for a while. */
  said: Status | null;
  /** A sentence that stands beside the status. */
  beside: string;
  /** Where news are heard, relative to the app; empty for nowhere. */
  address: string;
  token: string;
  /** As in `News`. */
  at: number;
  /** Name under which frames are fetched; empty if there are none. */
  film: string;
  /** What its frames say of the whole run; frames of another one are fetched anew. */
  edition: string;
  /** Steps of the frames, growing. */
  steps: number[];
  /** Frames that come with it, oldest first. */
  frames: Frame[];
  /** Whether frames can be gone through. */
  timeline: boolean;
  /** Step that the page's address names. */
  shown: number | null;
  /** Whether more frames come. */
  moving: boolean;
  /** Whether frames pass by themselves. */
  playing: boolean;
  views: ViewPlace[];
  panels: PanelTitle[];
  texts: Record<string, string>;
  /** The reader's language. */
  language: string;
  words: Record<Word, string>;
}

export type Word =
  | "logarithmic"
  | "plane"
  | "play"
  | "pause"
  | "live"
  | "newest"
  | "timeline"
  | "speed"
  | "step"
  | "of"
  | "gone"
  | "thinned"
  | "lost";

/** One live view, as `ae_core/figures/views.py` declares it. */
export interface ViewPlace {
  /** Element key, such as `live_loss`. */
  key: string;
  name: string;
  heading: string;
  /** The column in which it stands. */
  place: "left" | "right" | "beside";
  /** Whether its axis can be logarithmic. */
  logarithmic: boolean;
  /** Whether what the decoder makes of each place can stand behind it. */
  plane: boolean;
  /** Whether it shows the panel that is chosen. */
  panel: boolean;
  /** Whether one figure serves all frames. */
  whole: boolean;
}

export interface PanelTitle {
  name: string;
  title: string;
  help: string;
}

/** What `pages/ui/live/pulse.py` sends. */
export interface Pulse {
  /** Where is heard what changes; empty for nowhere. */
  address: string;
  /** What the page knows already. */
  token: string;
  /** Milliseconds until the page is to be drawn again in any case; 0 for never. */
  after: number;
}
