let table: Uint32Array | undefined;

/** CRC-32 as zips have it (ISO 3309), going on from the checksum of the bytes before. */
export function crc32(bytes: Uint8Array, before: number): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
    return rest;
  });
  const known = table;
  let sum = ~before;
  // An index saves a third of the time over an iterator.
  for (let at = 0; at < bytes.length; at += 1) sum = (known[(sum ^ (bytes[at] as number)) & 0xff] as number) ^ (sum >>> 8);
  return ~sum >>> 0;
}
