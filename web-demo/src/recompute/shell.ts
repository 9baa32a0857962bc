// Texts of the input as words of a shell command.

/** Letters that mean nothing to a shell. */
const PLAIN = /^[A-Za-z0-9_./+@%=:,-]+$/;

/** Anything that a terminal or a reader could be misled by is written by its bytes. */
const VISIBLE = /^[\x20-\x7e]*$/;

/** The text as one word of bash. */
export function word(text: string): string {
  if (PLAIN.test(text)) return text;
  if (VISIBLE.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${Array.from(new TextEncoder().encode(text), escaped).join('')}'`;
}

function escaped(byte: number): string {
  const letter = String.fromCharCode(byte);
  if (byte > 0x7e || byte < 0x20) return `\\x${byte.toString(16).padStart(2, '0')}`;
  return letter === "'" || letter === '\\' ? `\\${letter}` : letter;
}

/** A number as an offset is written beside the hex view. */
export function offset(value: number): string {
  return `0x${value.toString(16)}`;
}

/** Prints `size` bytes of a file, from `from` on, as one line of hex. */
export function print(file: string, from: number, size: number): string {
  return `xxd -s ${offset(from)} -l ${size} -p -c 256 ${file}`;
}

/** Writes these bytes to the output. */
export function bytes(file: string, from: number, size: number): string {
  return `xxd -s ${offset(from)} -l ${size} -p ${file} | xxd -r -p`;
}

/** Copies these bytes into another file. */
export function cut(file: string, from: number, size: number, into: string): string {
  return `${bytes(file, from, size)} > ${into}`;
}

/** A `SEQUENCE` of the two numbers, which is what `openssl dgst` takes for an ECDSA signature. */
export function signature(r: string, s: string): string[] {
  return [
    `r=$(${r})`,
    `s=$(${s})`,
    `printf 'asn1=SEQUENCE:pair\\n[pair]\\nr=INTEGER:0x%s\\ns=INTEGER:0x%s\\n' "$r" "$s" > signature.txt`,
    'openssl asn1parse -genconf signature.txt -noout -out signature.der',
  ];
}
