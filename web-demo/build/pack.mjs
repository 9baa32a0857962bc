// Bytes as the text of a JavaScript module. A page that may connect to nothing can't fetch a `.wasm`, so the
// core travels inside a script. Base64 tears apart what brotli looks for and costs a third; one character per
// byte, U+0000 to U+00FF, costs little and stays a string of one byte per character in memory.

/** HTML turns U+0000 into something else, and a text in quotes can't have the others as they are. */
const AWKWARD = Array.from('\0\n\r\'\\', (character) => character.charCodeAt(0));

/** The text as a literal, and the bytes that have changed places; `unpack` in `src/worker.ts` is the inverse. */
export function packed(bytes) {
  const rare = rarest(bytes);
  const pairs = AWKWARD.map((byte, index) => [byte, rare[index]]);
  const places = new Map([...pairs, ...pairs.map(([one, other]) => [other, one])]);
  const swapped = Buffer.from(bytes).map((byte) => places.get(byte) ?? byte);
  // What is left of the awkward ones is rare now; `</` and `<!` would end a script or hide its end.
  const text = swapped.toString('latin1').replaceAll(/[\0\n\r'\\]|<(?=[/!])/g, escape);
  return { literal: `'${text}'`, pairs };
}

/** Bytes that a text has as they are, the rarest first. */
function rarest(bytes) {
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte] += 1;
  const plain = [...count.keys()].filter((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x3c && !AWKWARD.includes(byte));
  return plain.sort((one, other) => count[one] - count[other]);
}

function escape(character) {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
