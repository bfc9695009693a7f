// @ts-check
/**
 * Fetches the trained network of a run, or what is needed to have a worker compute it.
 *
 * @import { NoNetwork } from "../types/network"
 */
import { Network } from "./network.js";
import { RemoteNetwork } from "./remote.js";

/**
 * The network, or why there is none.
 *
 * @param {string} base Address of the app.
 * @param {string} run Id of the run.
 * @param {number} step Its last step.
 * @param {string} words Language of the sentence.
 * @returns {Promise<Network | NoNetwork>}
 */
export async function fetchNetwork(base, run, step, words) {
  const answer = await fetch(`${base}network/${encodeURIComponent(run)}?words=${encodeURIComponent(words)}`);
  if (answer.headers.get("Content-Type")?.startsWith("application/json")) return await answer.json();
  if (!answer.ok) throw new Error(`The app answered ${answer.status}.`);
  const buffer = await answer.arrayBuffer();
  const network = new Network(buffer);
  if (!network.description.worker) return network;
  return new RemoteNetwork(buffer, (part, values) => ask(`${base}compute/${encodeURIComponent(run)}/${step}/${part}`, values));
}

/**
 * @param {string} address
 * @param {Float32Array} numbers
 */
async function ask(address, numbers) {
  const body = new Blob([numbers.slice()]);
  const answer = await fetch(address, { method: "POST", body });
  if (!answer.ok) return { status: answer.status };
  return { status: answer.status, values: new Float32Array(await answer.arrayBuffer()) };
}
