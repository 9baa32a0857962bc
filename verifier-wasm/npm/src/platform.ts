import { crc32 } from './crc32.js';
import { decompressed } from './decompress.js';
import type { Origin } from './origin.js';

/** SHA-256 piece by piece. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** 32 bytes. */
  finish(): Uint8Array;
}

/** How archives are packed. */
export type Packing = 'gzip' | 'deflate-raw';

/** What a platform brings for reading. */
export interface Platform {
  /** Its own SHA-256, where it can stream. */
  digest?: () => Digest;
  /** A checksum of bytes that go on from others. */
  crc32: (bytes: Uint8Array, before: number) => number;
  /** Unpacks a part of a file, all of it, and throws `Damaged` where it can't. */
  inflate: (packed: Origin, packing: Packing, from: number, to: number) => AsyncIterable<Uint8Array>;
  /** A file by its path. */
  file: (path: string) => Promise<Origin>;
  /** What lies at a path: a file, or the files of a folder. `enters` says which folders in it matter. */
  files: (path: string, enters: (folder: string) => boolean) => Promise<Origin[]>;
}

const noPaths = (): never => {
  throw new TypeError('a path is read in Node only; give a File, a Blob or bytes');
};

export const platform: Platform = {
  crc32,
  inflate: (packed, packing, from, to) => decompressed(packed.stream(from, to), packing),
  file: async () => noPaths(),
  files: async () => noPaths(),
};

/** Says what this entry of the package can do. */
export function able(abilities: Partial<Platform>): void {
  Object.assign(platform, abilities);
}
