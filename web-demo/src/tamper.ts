// Changes to a copy of a bundle, so that one can see what a verifier makes of them.
import type { Content } from 'kettle-verify';

import { bytesOf, textOf } from './bytes';
import { locate } from './pointer';
import { json, member, type Part, type Parts } from './recompute/parts';

/** One change. */
export type Tamper =
  | { kind: 'flip'; part: string; at: number; bit: number }
  | { kind: 'inject'; pointer: string; name: string; value: string }
  | { kind: 'swap'; artifact: string; sha256: Uint8Array; size: number };

/** The content with the changes, in their order. A change that has no place is left out. */
export function tampered(content: Content, parts: Parts, changes: Tamper[]): Content {
  return changes.reduce((now, one) => apply(now, parts, one), content);
}

function apply(content: Content, parts: Parts, change: Tamper): Content {
  if (change.kind === 'swap') {
    const { artifact, sha256, size } = change;
    const swapped = [...(content.artifacts ?? [])].map((one) => (one.name === artifact ? { name: artifact, sha256, size } : one));
    return { ...content, artifacts: swapped };
  }
  if (change.kind === 'inject') return { ...content, provenance: injected(bytesOf(content.provenance ?? ''), change) };
  const part = parts.get(change.part);
  const { at, bit } = change;
  if (part?.whole === 'provenance') return { ...content, provenance: flipped(bytesOf(content.provenance ?? ''), at, bit) };
  if (part?.whole === 'evidence') return { ...content, evidence: flipped(bytesOf(content.evidence), at, bit) };
  return part ? { ...content, evidence: inside(bytesOf(content.evidence), part, at, bit) } : content;
}

/** The bytes with one bit turned over. */
export function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = bytes.slice();
  const byte = copy[at];
  if (byte !== undefined) copy[at] = byte ^ (1 << bit);
  return copy;
}

/** The document with a member more in the object at the pointer. */
function injected(document: Uint8Array, { pointer, name, value }: Extract<Tamper, { kind: 'inject' }>): Uint8Array {
  const range = locate(document, pointer);
  if (!range || document[range.from] !== 0x7b) return document;
  const empty = document.subarray(range.from + 1, range.to - 1).every((byte) => byte <= 0x20);
  const text = `${JSON.stringify(name)}:${JSON.stringify(value)}${empty ? '' : ','}`;
  return spliced(document, range.from + 1, range.from + 1, new TextEncoder().encode(text));
}

/** The evidence with a bit of a part turned over; every other byte of the document stays. */
function inside(document: Uint8Array, { place }: Part, at: number, bit: number): Uint8Array {
  const range = place && locate(document, place.pointer);
  const text = range && json(textOf(document.subarray(range.from, range.to)));
  if (!range || typeof text !== 'string') return document;
  const bytes = flipped(place.decode(text), place.from + at, bit);
  return spliced(document, range.from, range.to, new TextEncoder().encode(JSON.stringify(place.encode(bytes))));
}

function spliced(document: Uint8Array, from: number, to: number, middle: Uint8Array): Uint8Array {
  const whole = new Uint8Array(document.length - (to - from) + middle.length);
  whole.set(document.subarray(0, from));
  whole.set(middle, from);
  whole.set(document.subarray(to), from + middle.length);
  return whole;
}

/** The pointers of the objects that a field can be added to, from the outermost in. */
export function objects(provenance: Uint8Array | string | undefined, most = 40): string[] {
  const found: string[] = [];
  const visit = (value: unknown, pointer: string) => {
    if (found.length >= most || typeof value !== 'object' || value === null || Array.isArray(value)) return;
    found.push(pointer);
    for (const name of Object.keys(value)) visit(member(value, name), `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  };
  visit(provenance === undefined ? undefined : json(textOf(provenance)), '');
  return found;
}
