// Where a value lies in the bytes of a JSON document. The document is one that the core has read; whatever it
// is, this ends, and finds nothing rather than something wrong.

/** A range of bytes: `from` is in it, `to` is not. */
export interface Range {
  from: number;
  to: number;
}

/** Deeper than the core takes. */
const DEEPEST = 128;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The bytes of the value that a JSON pointer (RFC 6901) names. */
export function locate(document: Uint8Array, pointer: string): Range | undefined {
  if (pointer !== '' && !pointer.startsWith('/')) return undefined;
  const path = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at: number | undefined = space(document, 0);
  for (const step of path) {
    at = at === undefined ? undefined : inside(document, at, step);
  }
  const to = at === undefined ? undefined : skip(document, at, 0);
  return at === undefined || to === undefined ? undefined : { from: at, to };
}

/** The beginning of the member or element `step` of what begins at `at`. */
function inside(document: Uint8Array, at: number, step: string): number | undefined {
  const open = document[at];
  if (open !== 0x7b && open !== 0x5b) return undefined;
  let next = space(document, at + 1);
  for (let index = 0; next < document.length; index += 1) {
    if (document[next] === 0x7d || document[next] === 0x5d) return undefined;
    let name = String(index);
    if (open === 0x7b) {
      const end = text(document, next);
      if (end === undefined) return undefined;
      name = unescaped(document.subarray(next, end));
      next = space(document, end);
      if (document[next] !== COLON) return undefined;
      next = space(document, next + 1);
    }
    if (name === step) return next;
    const end = skip(document, next, 0);
    if (end === undefined) return undefined;
    next = space(document, end);
    if (document[next] === COMMA) next = space(document, next + 1);
  }
  return undefined;
}

/** The end of the value that begins at `at`. */
function skip(document: Uint8Array, at: number, depth: number): number | undefined {
  const first = document[at];
  if (first === undefined || depth > DEEPEST) return undefined;
  if (first === QUOTE) return text(document, at);
  if (first !== 0x7b && first !== 0x5b) {
    let end = at;
    while (end < document.length && !isEnd(document[end] ?? COMMA)) end += 1;
    return end;
  }
  let next = space(document, at + 1);
  while (next < document.length) {
    const byte = document[next];
    if (byte === 0x7d || byte === 0x5d) return next + 1;
    if (byte === COMMA || byte === COLON) {
      next = space(document, next + 1);
      continue;
    }
    const end = skip(document, next, depth + 1);
    if (end === undefined || end === next) return undefined;
    next = space(document, end);
  }
  return undefined;
}

/** The end of the text that begins at `at`. */
function text(document: Uint8Array, at: number): number | undefined {
  if (document[at] !== QUOTE) return undefined;
  for (let next = at + 1; next < document.length; next += 1) {
    if (document[next] === BACKSLASH) next += 1;
    else if (document[next] === QUOTE) return next + 1;
  }
  return undefined;
}

function unescaped(bytes: Uint8Array): string {
  try {
    return String(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return '';
  }
}

function space(document: Uint8Array, at: number): number {
  let next = at;
  while (isSpace(document[next])) next += 1;
  return next;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isEnd(byte: number): boolean {
  return isSpace(byte) || byte === COMMA || byte === 0x7d || byte === 0x5d;
}
