// @ts-check
/**
 * A canvas that lies exactly over the axes of a plot.
 *
 * @import { Plot } from "../types/plotly"
 */

/**
 * The canvas of a name, emptied, and a pen whose units are pixels from the corner of the axes.
 *
 * @param {HTMLElement} root Root element of the view.
 * @param {Plot} plot
 * @param {string} name A class.
 * @returns {CanvasRenderingContext2D | null}
 */
export function layOver(root, plot, name) {
  const { xaxis, yaxis } = plot._fullLayout;
  /** @type {HTMLCanvasElement | null} */
  const known = root.querySelector(`canvas.${name}`);
  const canvas = known ?? root.appendChild(document.createElement("canvas"));
  const dense = devicePixelRatio || 1;
  const [width, height] = [Math.round(xaxis._length * dense), Math.round(yaxis._length * dense)];
  const place = `${xaxis._offset},${yaxis._offset},${width},${height}`;
  const pen = canvas.getContext("2d");
  if (canvas.dataset.place !== place) {
    canvas.className = `ae-over ${name}`;
    canvas.dataset.place = place;
    canvas.width = width;
    canvas.height = height;
    canvas.style.left = `${xaxis._offset}px`;
    canvas.style.top = `${yaxis._offset}px`;
    canvas.style.width = `${xaxis._length}px`;
    canvas.style.height = `${yaxis._length}px`;
  }
  pen?.setTransform(1, 0, 0, 1, 0, 0);
  pen?.clearRect(0, 0, width, height);
  pen?.setTransform(dense, 0, 0, dense, 0, 0);
  return pen;
}
