import { checkAbort } from './errors.js';
import { init } from './load.js';
import { cut, origin } from './origin.js';
import { type Digest, platform } from './platform.js';
import { Hasher } from './wasm/kettle_verify.js';

/** Bytes that may be too many for memory. */
export type ByteSource =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>;

/** How a long read is watched and ended. */
export interface Watch {
  /** Is told how many bytes were read, and of how many where that is known. */
  progress?: (done: number, total: number | undefined) => void;
  /** Ends the read; the call then throws the signal's reason. */
  signal?: AbortSignal;
}

/** What one pass over a file yields. */
export interface Passed {
  /** 32 bytes. */
  sha256: Uint8Array;
  /** The number of bytes. */
  size: number;
  /** The first bytes, as many as were to be kept. */
  head: Uint8Array;
  /** The checksum that zips have, where it was asked for. */
  crc32: number;
}

/** An artifact's digest and size. */
export interface Hashed {
  /** 32 bytes. */
  sha256: Uint8Array;
  /** The number of bytes. */
  size: number;
}

/**
 * Hashes an artifact. Memory stays flat however large it is. SHA-256 is the platform's own where it can
 * stream (Node, Deno), and the core's where not (browsers).
 *
 * @param source bytes, `File`, `Blob`, stream or iterable; in Node also a path
 */
export async function hashArtifact(source: ByteSource | string, watch: Watch = {}): Promise<Hashed> {
  const { sha256, size } = await pass(source, 0, watch);
  return { sha256, size };
}

/** Reads to the end, hashes, and keeps the first `keep` bytes. */
export async function pass(given: ByteSource | string, keep: number, watch: Watch, checksum = false): Promise<Passed> {
  checkAbort(watch.signal);
  const { source, total } = await opened(given);
  const digest = await newDigest();
  const head: Uint8Array[] = [];
  let size = 0;
  let crc = 0;
  for await (const piece of pieces(source)) {
    checkAbort(watch.signal);
    digest.update(piece);
    if (checksum) crc = platform.crc32(piece, crc);
    // A view would hold on to the whole piece, and some streams use theirs again.
    if (size < keep) head.push(piece.slice(0, keep - size));
    size += piece.length;
    watch.progress?.(size, total);
  }
  checkAbort(watch.signal);
  return { sha256: digest.finish(), size, head: joined(head), crc32: crc };
}

async function newDigest(): Promise<Digest> {
  const own = platform.digest?.();
  if (own) return own;
  await init();
  return new Hasher();
}

async function opened(given: ByteSource | string): Promise<{ source: ByteSource; total?: number }> {
  if (typeof given === 'string') {
    const { size, stream } = await platform.file(given);
    return { source: stream(), total: size };
  }
  if (given instanceof Blob || given instanceof ArrayBuffer || given instanceof Uint8Array) {
    const { size, stream } = origin('', given);
    return { source: stream(), total: size };
  }
  return { source: given };
}

async function* pieces(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source instanceof ReadableStream) yield* drained(source);
  else for await (const piece of source as AsyncIterable<Uint8Array>) yield* cut(piece);
}

// Not every browser has streams that are iterable.
async function* drained(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield* cut(next.value);
  } finally {
    await reader.cancel();
  }
}

export function joined(parts: Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
