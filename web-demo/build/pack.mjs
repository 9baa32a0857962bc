// Bytes as the text of a JavaScript module. A page that may connect to nothing can't fetch a `.wasm`, so the
// core travels inside a script. Base64 tears apart what brotli looks for and costs a third; one character per
// byte, U+0000 to U+00FF, costs 4 % and stays a string of one byte per character in memory.

/** A module whose default export is the packed text; `unpack` in `src/core.ts` is its inverse. */
export function packed(bytes) {
  const spare = rarest(bytes);
  const swapped = Buffer.from(bytes).map((byte) => (byte === 0 ? spare : byte === spare ? 0 : byte));
  const text = swapped.toString('latin1').replaceAll(/[\0\n\r\\']|<(?=[/!])/g, escape);
  return `export const spare = ${spare};\nexport default '${text}';\n`;
}

/** The byte that stands for zero and zero for it: HTML turns U+0000 into something else. */
function rarest(bytes) {
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte] += 1;
  const plain = [...count.keys()].filter((byte) => byte >= 0x20 && !['\\', "'", '<'].includes(String.fromCharCode(byte)));
  return plain.reduce((best, byte) => (count[byte] < count[best] ? byte : best));
}

function escape(character) {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
