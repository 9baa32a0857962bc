import { Readable, pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

import { Damaged } from './errors.js';
import type { Origin } from './origin.js';
import { type Packing, platform } from './platform.js';

/** The fixed part of a gzip header, and what is behind the data: checksum and size (RFC 1952, 2.3). */
const HEADER = 10;
const TRAILER = 8;

/**
 * Unpacks by Node's zlib, and refuses bytes behind the end as browsers do: Node would leave them aside, or take
 * them for another file that goes on from the first.
 */
export async function* inflate(packed: Origin, packing: Packing, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (packing === 'deflate-raw') {
    yield* raw(packed, from, to);
    return;
  }
  const start = from + (await header(packed, from, to));
  const trailer = await bytes(packed, Math.max(start, to - TRAILER), to);
  if (trailer.length !== TRAILER) throw new Damaged('it ends too early');
  let [sum, size] = [0, 0];
  for await (const piece of raw(packed, start, to - TRAILER)) {
    sum = platform.crc32(piece, sum);
    size = (size + piece.length) % 2 ** 32;
    yield piece;
  }
  const view = new DataView(trailer.buffer, trailer.byteOffset);
  if (view.getUint32(0, true) !== sum || view.getUint32(4, true) !== size) throw new Damaged('its checksum is another');
}

async function* raw(packed: Origin, from: number, to: number): AsyncGenerator<Uint8Array> {
  const inflater = createInflateRaw();
  pipeline(Readable.from(packed.stream(from, to)), inflater, () => undefined);
  try {
    yield* inflater as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw typeof (error as { errno?: unknown }).errno === 'number' && /^Z_/.test(String((error as { code?: unknown }).code))
      ? new Damaged((error as Error).message)
      : error;
  }
  if (inflater.bytesWritten !== to - from) throw new Damaged('bytes behind its end');
}

/** The length of a gzip header (RFC 1952, 2.3.1). */
async function header(packed: Origin, from: number, to: number): Promise<number> {
  const head = await bytes(packed, from, Math.min(to, from + (1 << 17)));
  const flags = head[3] ?? 0;
  let at = HEADER;
  if (head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8 || flags > 31) throw new Damaged('no gzip header');
  if (flags & 4) at += 2 + ((head[at] ?? 0) | ((head[at + 1] ?? 0) << 8));
  // A name and a comment end with a zero.
  for (const flag of [8, 16]) if (flags & flag) at = head.indexOf(0, at) + 1 || head.length;
  if (flags & 2) at += 2;
  if (at >= head.length) throw new Damaged('it ends too early');
  return at;
}

async function bytes(packed: Origin, from: number, to: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of packed.stream(from, to)) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}
