// @ts-check
/**
 * Fetches the network of a run, or what is needed to have a worker compute it.
 *
 * @import { NoNetwork } from "../types/network"
 */
import { Network } from "./network.js";
import { RemoteNetwork } from "./remote.js";

/**
 * The network as it was at a step or, where that is not kept, before it; or why there is none.
 *
 * @param {string} base Address of the app.
 * @param {string} run Id of the run.
 * @param {number} step
 * @param {string} words Language of the sentence.
 * @returns {Promise<Network | NoNetwork>}
 */
export async function fetchNetwork(base, run, step, words) {
  const answer = await fetch(`${base}network/${encodeURIComponent(run)}?step=${step}&words=${encodeURIComponent(words)}`);
  if (answer.headers.get("Content-Type")?.startsWith("application/json")) return await answer.json();
  if (!answer.ok) throw new Error(`The app answered ${answer.status}.`);
  const buffer = await answer.arrayBuffer();
  const found = Number(answer.headers.get("X-Step"));
  const network = new Network(buffer);
  const worker = answer.headers.get("X-Worker"); // in the reader's language
  if (worker) network.description.worker = decodeURIComponent(worker);
  const where = `${base}compute/${encodeURIComponent(run)}/${found}`;
  const made = network.description.worker ? new RemoteNetwork(buffer, (part, values) => ask(`${where}/${part}`, values)) : network;
  return Object.assign(made, { step: found });
}

/**
 * The steps at which a run can be explored, and whether more of them come; undefined where nobody says.
 *
 * @param {string} base Address of the app.
 * @param {string} run Id of the run.
 * @returns {Promise<{ steps: number[], moving: boolean } | undefined>}
 */
export async function fetchMoments(base, run) {
  const answer = await fetch(`${base}network/${encodeURIComponent(run)}/moments`).catch(() => undefined);
  return answer?.ok ? await answer.json() : undefined;
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
