// Computes with portable networks: a list of files from standard input, what comes out to standard output, as JSON.
import { readFileSync } from "node:fs";
import { Network } from "../../assets/javascript/network/network.js";

const floats = (path) => {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const answers = JSON.parse(readFileSync(0, "utf8")).map(({ network, examples, count }) => {
  const bytes = readFileSync(network);
  const made = new Network(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const seen = floats(examples);
  const codes = made.encode(seen, count);
  const spread = made.posterior(seen, count)?.logVariance;
  const all = { codes, reconstructions: made.decode(codes, count), spread: spread ?? [] };
  return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, [...values]]));
});
process.stdout.write(JSON.stringify(answers));
