// @ts-check
/**
 * A run that was taken home: one page that holds its frames and its network, and asks no server for anything. What it
 * needs stands in elements of the page, in gzip and letters; see `ae_core/web_page/page.py`.
 *
 * @import { Exploration } from "../types/explore"
 * @import { Figure } from "../types/figure"
 * @import { Content, Frame } from "../types/stage"
 */
import { Explorer } from "../explore/explorer.js";
import { Stage } from "../live/stage.js";
import { Network } from "../network/network.js";

/** Shows all of it. */
export default async function open() {
  const [atlas, plotly] = await Promise.all([address("atlas", "image/png"), address("plotly", "text/javascript")]);
  /** @type {Content} */
  const content = JSON.parse(await text("stage"));
  const last = content.steps.at(-1) ?? 0;
  const stage = new Stage(found(".ae-stage"), "", plotly, (step, panel) => frame(step, panel, atlas));
  stage.take({ ...content, frames: [await frame(last, content.panels[0]?.name ?? "", atlas)] });
  if (!part("network")) return;
  /** @type {Exploration} */
  const wanted = JSON.parse(await text("exploration"));
  wanted.atlas.url = atlas;
  const network = Object.assign(new Network((await unpacked("network")).buffer), { step: wanted.step });
  new Explorer(found(".ae-explore"), wanted, "", async () => network);
}

/**
 * A frame as the stage wants it.
 *
 * @param {number} step
 * @param {string} panel The one that is looked at.
 * @param {string} atlas Address of the pictures of the map's points.
 * @returns {Promise<Frame>}
 */
async function frame(step, panel, atlas) {
  /** @type {Frame & { panels: Record<string, Figure> }} */
  const { panels, ...kept } = JSON.parse(await text(`frame-${step}`));
  const inside = panels[panel];
  if (inside) kept.views.live_panel = inside;
  for (const { layout } of Object.values(kept.views)) if (layout.meta.atlas) layout.meta.atlas.url = atlas;
  return kept;
}

/** @param {string} name */
function part(name) {
  return document.querySelector(`script[data-part="${name}"]`);
}

/**
 * The bytes of a part.
 *
 * @param {string} name
 */
async function unpacked(name) {
  const letters = atob(part(name)?.textContent ?? "");
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} name */
async function text(name) {
  return new TextDecoder().decode(await unpacked(name));
}

/**
 * An address at which the page finds one of its own parts.
 *
 * @param {string} name
 * @param {string} type
 */
async function address(name, type) {
  return URL.createObjectURL(new Blob([await unpacked(name)], { type }));
}

/** @param {string} selector */
function found(selector) {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`The page has no ${selector}.`);
  return element;
}
