/** A figure as the app sends it, with what a test wants to be different. */
export function figureOf(layout = {}, others = {}) {
  return {
    data: [{ type: "scattergl", name: "3" }, { type: "scattergl", name: "7" }],
    layout: { meta: { label: "Map", file: "vanilla-1" }, xaxis: { title: { text: "code 1" } }, yaxis2: {}, ...layout },
    step: 40,
    words: { png: "Save as PNG", svg: "Save as SVG" },
    ...others,
  };
}
