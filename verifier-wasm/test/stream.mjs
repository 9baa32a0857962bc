// Artifacts that are larger than memory should be: progress, cancelling in the middle, and a bounded memory
// while a gigabyte passes. In Node here; in Chromium as `browser.mjs` asks for it.
//   node --expose-gc stream.mjs PACKAGE_FOLDER
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

import { cancelled, large, watched } from './streams.mjs';

const folder = resolve(process.argv[2]);
const kettle = await import(pathToFileURL(join(folder, 'node.js')));
/** The same package with the core's own SHA-256, as browsers have it. */
const wasm = await import(pathToFileURL(join(folder, 'web.js')));
await wasm.init(new Uint8Array(readFileSync(join(folder, 'kettle_verify.wasm'))));

/** More than collectors leave lying about, and far less than what passes. */
const MOST = 200 << 20;
let wrong = 0;
const check = (what, holds) => {
  console.log(`${holds ? 'holds' : 'does not hold'}: ${what}`);
  if (!holds) wrong += 1;
};

// The same as a file, and in an archive: a gigabyte of zeros, which has no bytes on the disk.
const place = mkdtempSync(join(tmpdir(), 'kettle-stream-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));
const zeros = join(place, 'zeros');
writeFileSync(zeros, '');
truncateSync(zeros, 2 ** 30);
const packed = join(place, 'a.tar.gz');
execFileSync('tar', ['--create', '--gzip', '--file', packed, '--transform', 's,^,artifacts/,', '--directory', place, 'zeros']);
for (const path of [zeros, packed]) {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = 0;
  const progress = () => (peak = Math.max(peak, process.memoryUsage().rss));
  const { files } = await kettle.openBundle(path, { progress });
  // By `sha256sum`.
  const digest = '49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14';
  check(`${files[0].name} is opened with ${Math.round((peak - before) / (1 << 20))} MiB more`, peak - before < MOST);
  check('its digest is known', Buffer.from(files[0].sha256).toString('hex') === digest);
}

for (const [name, which] of [['the platform', kettle], ['the core', wasm]]) {
  const known = createHash('sha256');
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = 0;
  const watch = { progress: () => (peak = Math.max(peak, process.memoryUsage.rss())) };
  const { sha256, size } = await which.hashArtifact(Readable.toWeb(Readable.from(large((piece) => known.update(piece)))), watch);
  check(`${name} hashes ${size} bytes with ${Math.round((peak - before) / (1 << 20))} MiB more`, size === 2 ** 30 && peak - before < MOST);
  check(`${name} gives their digest`, Buffer.compare(sha256, known.digest()) === 0);
  for (const [what, holds] of Object.entries({ ...(await watched(which)), ...(await cancelled(which)) })) check(`${name}: ${what}`, holds);
}
process.exitCode = wrong === 0 ? 0 : 1;
