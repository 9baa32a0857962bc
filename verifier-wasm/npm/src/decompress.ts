import { Damaged } from './errors.js';
import type { Packing } from './platform.js';

/**
 * Unpacks by what browsers have, which refuse bytes behind the end and an end that is missing (Compression
 * Streams, 6.2).
 */
export async function* decompressed(source: AsyncIterable<Uint8Array>, packing: Packing): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream(packing);
  const writer = writable.getWriter();
  let foreign: { error: unknown } | undefined;
  const fed = feed(source, writer).catch((error: unknown) => {
    foreign = { error };
    return writer.abort(error);
  });
  const reader = readable.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    await fed;
  } catch (error) {
    if (foreign) throw foreign.error;
    throw new Damaged(error instanceof Error ? error.message : String(error));
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Bytes that are unpacked at once, all of them before any is read: a thousand times as many at most. */
const PORTION = 1 << 14;

/** What is refused here is told by the reader. */
async function feed(source: AsyncIterable<Uint8Array>, writer: WritableStreamDefaultWriter<BufferSource>): Promise<void> {
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += PORTION) {
      const taken = writer.write(piece.subarray(at, at + PORTION) as BufferSource);
      if (!(await taken.then(() => true, () => false))) return;
    }
  }
  await writer.close().catch(() => undefined);
}
