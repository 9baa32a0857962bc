import { joined } from './hash.js';

/** Bytes that are taken in portions, whatever the pieces that they come in. */
export class Stream {
  private readonly pieces: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array();

  /** @param pulled is told how many bytes came with each piece */
  constructor(
    source: AsyncIterable<Uint8Array>,
    private readonly pulled: (bytes: number) => void,
  ) {
    this.pieces = source[Symbol.asyncIterator]();
  }

  /** The next bytes, as they come; fewer where the stream ends. */
  async *take(bytes: number): AsyncGenerator<Uint8Array> {
    let left = bytes;
    while (left > 0 && (await this.fill())) {
      const piece = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** The next bytes at once. */
  async read(bytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.take(bytes)) parts.push(part);
    return joined(parts);
  }

  /** Leaves the rest. */
  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  private async fill(): Promise<boolean> {
    while (this.rest.length === 0) {
      const next = await this.pieces.next();
      if (next.done === true) return false;
      this.pulled(next.value.length);
      this.rest = next.value;
    }
    return true;
  }
}
