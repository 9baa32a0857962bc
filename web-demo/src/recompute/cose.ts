// Where the parts of an attestation document lie: a COSE_Sign1 of an array of four around a map
// (RFC 9052, section 4.2; AWS, Attestation document specification).
import type { Range } from '../pointer';

export interface CoseLayout {
  /** The protected header, with its own head. */
  header: Range;
  /** The payload, with and without its head. */
  payload: Range;
  payloadHead: number;
  signature: Range;
  /** Values of members of the payload, without their heads. */
  members: Map<string, Range>;
  /** The certificates, root first. */
  bundle: Range[];
}

interface Item {
  major: number;
  /** The size of a text, the count of a list; `undefined` where its end is marked instead. */
  count: number | undefined;
  /** Where the head ends. */
  at: number;
}

/** No document has more of anything. */
const MOST = 64;

/** The places; nothing where the document has another form. */
export function layout(bytes: Uint8Array): CoseLayout | undefined {
  const start = bytes[0] === 0xd2 ? 1 : 0;
  const array = head(bytes, start);
  if (array?.major !== 4 || array.count !== 4) return undefined;
  const header = text(bytes, array.at);
  const open = header && skip(bytes, header.range.to, 0);
  const payload = open === undefined ? undefined : text(bytes, open);
  const signature = payload && text(bytes, payload.range.to);
  if (!header || !payload || !signature) return undefined;
  const { members, bundle } = contents(bytes, payload.range.from);
  return {
    header: { from: array.at, to: header.range.to },
    payload: payload.range,
    payloadHead: payload.head,
    signature: signature.range,
    members,
    bundle,
  };
}

function contents(bytes: Uint8Array, from: number): Pick<CoseLayout, 'members' | 'bundle'> {
  const members = new Map<string, Range>();
  const bundle: Range[] = [];
  const map = head(bytes, from);
  if (map?.major !== 5) return { members, bundle };
  let at: number | undefined = map.at;
  for (let index = 0; index < (map.count ?? MOST) && at !== undefined && bytes[at] !== 0xff; index += 1) {
    const key = text(bytes, at);
    if (!key) break;
    const value = key.range.to;
    const end = skip(bytes, value, 0);
    const name = new TextDecoder().decode(bytes.subarray(key.range.from, key.range.to));
    const simple = text(bytes, value);
    if (simple) members.set(name, simple.range);
    if (name === 'cabundle') bundle.push(...list(bytes, value));
    at = end;
  }
  return { members, bundle };
}

function list(bytes: Uint8Array, from: number): Range[] {
  const array = head(bytes, from);
  const found: Range[] = [];
  if (array?.major !== 4) return found;
  let at = array.at;
  while (found.length < (array.count ?? MOST) && bytes[at] !== 0xff) {
    const one = text(bytes, at);
    if (!one) break;
    found.push(one.range);
    at = one.range.to;
  }
  return found;
}

/** A byte string or text of known size. */
function text(bytes: Uint8Array, from: number): { range: Range; head: number } | undefined {
  const item = head(bytes, from);
  if (!item || (item.major !== 2 && item.major !== 3) || item.count === undefined) return undefined;
  const to = item.at + item.count;
  return to <= bytes.length ? { range: { from: item.at, to }, head: from } : undefined;
}

/** The end of the item that begins at `from`. */
function skip(bytes: Uint8Array, from: number, depth: number): number | undefined {
  const item = head(bytes, from);
  if (!item || depth > 8) return undefined;
  if (item.major < 2 || item.major === 7) return item.at;
  if (item.major < 4 && item.count !== undefined) return item.at + item.count;
  const each = item.major === 5 ? 2 : 1;
  const count = item.major === 6 ? 1 : (item.count ?? MOST) * each;
  let at: number | undefined = item.at;
  for (let index = 0; index < count && index < MOST * 2 && at !== undefined; index += 1) {
    if (item.count === undefined && bytes[at] === 0xff) return at + 1;
    at = skip(bytes, at, depth + 1);
  }
  return at;
}

function head(bytes: Uint8Array, at: number): Item | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const [major, short] = [first >> 5, first & 0x1f];
  if (short < 24) return { major, count: short, at: at + 1 };
  if (short === 31) return { major, count: undefined, at: at + 1 };
  const size = 2 ** (short - 24);
  if (short > 27 || at + 1 + size > bytes.length) return undefined;
  let count = 0;
  for (const byte of bytes.subarray(at + 1, at + 1 + size)) count = count * 256 + byte;
  return { major, count, at: at + 1 + size };
}
