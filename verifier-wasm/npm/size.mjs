// What the core weighs: writes the table into the package's README, and fails where it outgrew its bound.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const readme = new URL('../README.md', import.meta.url);
const bound = JSON.parse(readFileSync(new URL('./size.json', import.meta.url)));
const TABLE = /(<!-- size -->\n)[^]*(<!-- \/size -->)/;

const kilobytes = (bytes) => `${Math.ceil(bytes / 1000)} kB`;

/** Weighs a module. `size.json` has what it may weigh after brotli, give or take what compilers differ by. */
export function weigh(wasm) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  const brotli = brotliCompressSync(wasm, { params }).length;
  const most = Math.floor((bound.brotli * (100 + bound.tolerance_percent)) / 100);
  if (brotli > most) {
    throw new Error(
      `the core has ${brotli} bytes after brotli and may have ${most}: make it smaller, or say in size.json why it may grow`,
    );
  }
  const sizes = [wasm.length, gzipSync(wasm, { level: 9 }).length, brotli, bound.goal].map(kilobytes);
  const table = `| raw | gzip | brotli | goal, brotli |\n|---|---|---|---|\n| ${sizes.join(' | ')} |\n`;
  const before = readFileSync(readme, 'utf8');
  if (!TABLE.test(before)) throw new Error('README.md has no place for the table of sizes');
  const after = before.replace(TABLE, (_, open, close) => open + table + close);
  if (after !== before) writeFileSync(readme, after);
  console.log(`the core has ${wasm.length} bytes, ${brotli} after brotli; at most ${most}, and the goal is ${bound.goal}`);
}
