// @ts-check
/**
 * What the reader's device can do.
 *
 * @typedef {object} Device
 * @property {() => boolean} webgl Whether it draws with WebGL.
 * @property {() => boolean} touch Whether it is used with a finger.
 */

/** @type {boolean | undefined} */
let webgl;

/** @type {Device} */
export const browser = {
  webgl: () => (webgl ??= document.createElement("canvas").getContext("webgl") !== null),
  touch: () => matchMedia("(pointer: coarse)").matches,
};
