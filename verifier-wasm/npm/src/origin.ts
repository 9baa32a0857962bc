import type { Given, GivenFile } from './open.js';
import { platform } from './platform.js';

/** A file whose bytes come as they are asked for. */
export interface Origin {
  /** With `/` between the parts of a path. */
  name: string;
  /** The number of bytes. */
  size: number;
  /** Its bytes from one place to another. */
  stream: (from?: number, to?: number) => AsyncIterable<Uint8Array>;
}

/** Bytes handed on at once. Hashing is as fast from 64 KiB on, and cancelling should not wait. */
const PIECE = 1 << 20;

/** What was given, as files. `enters` says which folders matter. */
export async function origins(given: Given, enters: (folder: string) => boolean): Promise<Origin[]> {
  const items = typeof given === 'string' ? [given] : given;
  const found: Origin[] = [];
  for (const item of items) {
    if (typeof item === 'string') found.push(...(await platform.files(item, enters)));
    else if (isGiven(item)) found.push(origin(item.name, item.data));
    else found.push(origin(item.webkitRelativePath || item.name, item));
  }
  return found;
}

function isGiven(item: GivenFile | File): item is GivenFile {
  return 'data' in item;
}

/** Bytes or a blob as a file. */
export function origin(name: string, data: Blob | Uint8Array | ArrayBuffer): Origin {
  if (data instanceof Blob) {
    return { name, size: data.size, stream: (from = 0, to = data.size) => slices(data, from, to) };
  }
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  return {
    name,
    size: bytes.length,
    stream: async function* (from = 0, to = bytes.length) {
      yield* cut(bytes.subarray(from, to));
    },
  };
}

/** Bytes in pieces that are not too large. */
export function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

async function* slices(blob: Blob, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; at += PIECE) {
    yield new Uint8Array(await blob.slice(at, Math.min(at + PIECE, to)).arrayBuffer());
  }
}
