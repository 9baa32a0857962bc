import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';

import { file, files } from './files.js';
import { foundBy } from './load.js';
import { able } from './platform.js';
import { inflate } from './zlib.js';

foundBy(() => readFileSync(fileURLToPath(new URL('./kettle_verify.wasm', import.meta.url))));

able({
  digest: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), finish: () => new Uint8Array(hash.digest()) };
  },
  inflate,
  file,
  files,
  // Since Node 20.15.
  ...('crc32' in zlib && { crc32: zlib.crc32 as (bytes: Uint8Array, before: number) => number }),
});

export * from './index.js';
