// @ts-check
/**
 * Fetches the trained network of a run.
 *
 * @import { NoNetwork } from "../types/network"
 */
import { Network } from "./network.js";

/**
 * The network, or why there is none.
 *
 * @param {string} base Address of the app.
 * @param {string} run Id of the run.
 * @param {string} words Language of the sentence.
 * @returns {Promise<Network | NoNetwork>}
 */
export async function fetchNetwork(base, run, words) {
  const answer = await fetch(`${base}network/${encodeURIComponent(run)}?words=${encodeURIComponent(words)}`);
  if (answer.headers.get("Content-Type")?.startsWith("application/json")) return await answer.json();
  if (!answer.ok) throw new Error(`The app answered ${answer.status}.`);
  return new Network(await answer.arrayBuffer());
}
