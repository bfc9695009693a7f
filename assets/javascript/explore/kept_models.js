// @ts-check
/**
 * What a network was at each step of its training: fetched when it is wanted, and kept as long as there is room.
 *
 * @import { Exploration } from "../types/explore"
 * @import { NoNetwork } from "../types/network"
 * @import { Network } from "../network/network.js"
 * @import { Model } from "./model.js"
 */
import { learnt, sheet } from "./learnt.js";

const ROOM = 32_000_000; // bytes of networks of other steps that are kept

export class KeptModels {
  /**
   * Those that were seen last come last.
   *
   * @type {Map<number, Model>}
   */
  models = new Map();
  /** @type {Promise<Uint8Array[]> | undefined} */
  pictures;

  /**
   * @param {Exploration} wanted
   * @param {string} base Address of the app.
   * @param {(step: number) => Promise<Network | NoNetwork>} source Where networks come from.
   */
  constructor(wanted, base, source) {
    this.wanted = wanted;
    this.base = base;
    this.source = source;
  }

  /**
   * What the network was at a step, or before, where that is not kept (yet).
   *
   * @param {number} step
   * @param {Model | undefined} inUse One that stays at hand whether it is kept or not.
   * @param {(share: number) => void} [tell] Told how far it is.
   */
  async bring(step, inUse, tell = () => {}) {
    const known = this.models.get(step);
    if (known) {
      this.models.delete(step);
      this.models.set(step, known);
      return known;
    }
    if (this.wanted.noun === "image") {
      this.pictures ??= sheet(this.wanted, this.base);
      this.pictures.catch(() => (this.pictures = undefined)); // it is tried again
    }
    const [network, pictures] = await Promise.all([this.source(step), this.pictures]);
    const model = await learnt(this.wanted, pictures, network, tell);
    const same = this.models.get(model.network.step);
    if (same) {
      model.network.close();
      return same;
    }
    this.keep(model, inUse);
    return model;
  }

  /**
   * Keeps one, and lets those go for which there is no room any more.
   *
   * @param {Model} model
   * @param {Model | undefined} inUse
   */
  keep(model, inUse) {
    this.models.set(model.network.step, model);
    let bytes = 0;
    for (const [step, one] of [...this.models].reverse()) {
      bytes += one.weight;
      if (bytes <= ROOM || one === model) continue;
      this.models.delete(step);
      if (one !== inUse) one.network.close();
    }
  }

  close() {
    for (const model of this.models.values()) model.network.close();
  }
}
