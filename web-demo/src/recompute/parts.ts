// The parts of a bundle that links are made of: their bytes, and the command that cuts them out of its files.
// Nothing here is trusted or decided; the core read the same bytes by its own means.
import type { Content } from 'kettle-verify';

import { bytesOf, hex, textOf } from '../bytes';
import { cut, word } from './shell';

/** Bytes that commands and the hex view know by a file's name. */
export interface Part {
  /** The file's name in the commands. */
  name: string;
  bytes: Uint8Array;
  /** The commands that make the file, in order; none for files of the bundle itself. */
  made: string[];
  /** Which file of the bundle it is as a whole. */
  whole?: 'provenance' | 'evidence';
  /** Where it lies in the evidence, as the text of a member. */
  place?: Place;
}

/** A part of a text of the evidence. */
export interface Place {
  /** The text, as a JSON pointer. */
  pointer: string;
  /** Where the part begins in what the text stands for. */
  from: number;
  decode(text: string): Uint8Array;
  encode(bytes: Uint8Array): string;
}

export type Parts = ReadonlyMap<string, Part>;

/** A part below another: both names, and where it lies. */
interface Inner {
  name: string;
  of: string;
  from: (bytes: Uint8Array) => number | undefined;
  size: (bytes: Uint8Array) => number | undefined;
}

/** An attestation document. */
const DOCUMENT = 'document.cbor';

/** File names for what lies in the evidence as a text, and where; the first path that is there counts. */
const TEXTS: [name: string, paths: string[]][] = [
  ['report.bin', ['evidence.attestation_report']],
  ['vek.der', ['evidence.cert_chain.vcek', 'evidence.cert_chain.vlek', 'evidence.vcek']],
  ['hcl.bin', ['evidence.hcl_report']],
  ['tpm-quote.bin', ['evidence.tpm_quote.message']],
  ['tpm-quote.sig', ['evidence.tpm_quote.signature']],
  ['quote.bin', ['evidence.quote', 'evidence.td_quote']],
  [DOCUMENT, ['evidence.document', 'attestation']],
];

// OpenHCL's IgvmAttestRequest: 32 bytes of header, the report, 20 bytes of header, the runtime data.
const HCL: Inner[] = [
  { name: 'report.bin', of: 'hcl.bin', from: () => 0x20, size: () => 0x4a0 },
  { name: 'runtime.json', of: 'hcl.bin', from: () => 0x4d4, size: (bytes) => u32(bytes, 0x4d0) },
];

/** The parts of what is appraised. `file` is what the file with the evidence is called. */
export function partsOf(content: Content, file = 'evidence.json'): Parts {
  const parts = new Map<string, Part>();
  const add = (part: Part) => {
    if (!parts.has(part.name)) parts.set(part.name, part);
  };
  if (content.provenance !== undefined) add({ name: 'provenance.json', bytes: bytesOf(content.provenance), made: [], whole: 'provenance' });
  const bytes = bytesOf(content.evidence);
  add({ name: file, bytes, made: [], whole: 'evidence' });
  const evidence = json(textOf(bytes));
  // Some formats are the bare document.
  if (evidence === undefined) add({ name: DOCUMENT, bytes, made: [`cp ${word(file)} ${DOCUMENT}`], whole: 'evidence' });
  for (const [name, paths] of TEXTS) {
    for (const path of paths) {
      const part = textual(evidence, path, name, file);
      if (part) add(part);
    }
  }
  for (const inner of HCL) {
    const outer = parts.get(inner.of);
    const part = outer && within(outer, inner);
    if (part) add(part);
  }
  return parts;
}

/** What the text at a path stands for. */
function textual(evidence: unknown, path: string, name: string, file: string): Part | undefined {
  const text = path.split('.').reduce(member, evidence);
  const decoded = typeof text === 'string' ? decode(text) : undefined;
  if (!decoded) return undefined;
  const { bytes, filter } = decoded;
  const place = {
    pointer: `/${path.replaceAll('.', '/')}`,
    from: 0,
    decode: (given: string) => decode(given)?.bytes ?? bytes,
    encode: ENCODE[filter],
  };
  return { name, bytes, made: [made(path, filter, name, word(file))], place };
}

/** The bytes of a part below another. */
function within(outer: Part, { name, from, size }: Inner): Part | undefined {
  const [at, length] = [from(outer.bytes), size(outer.bytes)];
  if (at === undefined || length === undefined || at + length > outer.bytes.length) return undefined;
  const bytes = outer.bytes.subarray(at, at + length);
  const place = outer.place && { place: { ...outer.place, from: outer.place.from + at } };
  return { name, bytes, made: [...outer.made, cut(outer.name, at, length, name)], ...place };
}

const PADDED = 'gsub("-";"+") | gsub("_";"/") | . + ("=" * ((4 - length % 4) % 4))';

function made(path: string, filter: Filter, name: string, file: string): string {
  if (filter === 'hex') return `jq -r .${path} ${file} | xxd -r -p > ${name}`;
  if (filter === 'base64') return `jq -r .${path} ${file} | base64 -d > ${name}`;
  return `jq -r '.${path} | ${PADDED}' ${file} | base64 -d > ${name}`;
}

type Filter = 'hex' | 'base64' | 'base64url';

const ENCODE: Record<Filter, (bytes: Uint8Array) => string> = {
  hex,
  base64,
  base64url: (bytes) => base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
};

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Hex, or base64 in either alphabet. */
function decode(text: string): { bytes: Uint8Array; filter: Filter } | undefined {
  if (/^(?:[0-9a-fA-F]{2})+$/.test(text)) {
    const pairs = text.match(/../g) ?? [];
    return { bytes: Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)), filter: 'hex' };
  }
  try {
    const standard = text.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(standard), (letter) => letter.charCodeAt(0));
    return { bytes, filter: standard === text && text.length % 4 === 0 ? 'base64' : 'base64url' };
  } catch {
    return undefined;
  }
}

/** A JSON document, or nothing. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A member of an object; nothing of anything else. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** A little-endian number of four bytes. */
export function u32(bytes: Uint8Array, at: number): number | undefined {
  return at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true) : undefined;
}

/** A little-endian number of two bytes. */
export function u16(bytes: Uint8Array, at: number): number | undefined {
  return at + 2 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset).getUint16(at, true) : undefined;
}
