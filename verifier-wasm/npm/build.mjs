// Makes the package from `src` and the module that wasm-bindgen wrote into `src/wasm`:
//   node build.mjs FOLDER
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { weigh } from './size.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const [, , out] = process.argv;
const bin = (name) => join(here, 'node_modules', '.bin', name);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

// What a runtime has compiled before it has had time to optimise is as fast as the module is good: the first
// appraisal takes half as long. No instruction is let in that the compiler does not write itself.
const FEATURES = ['bulk-memory', 'bulk-memory-opt', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext', 'simd'];
const optimised = (from, to) =>
  execFileSync(bin('wasm-opt'), [...FEATURES.map((name) => `--enable-${name}`), '-O2', join(here, from), '-o', to], { stdio: 'inherit' });

optimised('src/wasm/kettle_verify_bg.wasm', join(out, 'kettle_verify.wasm'));
const wasm = readFileSync(join(out, 'kettle_verify.wasm'));
weigh(wasm);
writeFileSync(join(here, 'src/wasm/kettle_verify.base64.js'), `export default '${wasm.toString('base64')}';\n`);
writeFileSync(join(here, 'src/wasm/kettle_verify.base64.d.ts'), 'declare const base64: string;\nexport default base64;\n');

const common = { bundle: true, absWorkingDir: here, target: ['es2022', 'node18'], logLevel: 'warning', legalComments: 'none' };
const bundle = (entry, outfile, options) =>
  build({ ...common, entryPoints: [`src/${entry}.ts`], outfile: join(out, outfile), ...options });
const web = { format: 'esm', platform: 'browser', minify: true };
await Promise.all([
  bundle('node', 'node.js', { format: 'esm', platform: 'node' }),
  bundle('node', 'node.cjs', {
    format: 'cjs',
    platform: 'node',
    define: { 'import.meta.url': 'here' },
    banner: { js: "const here = require('node:url').pathToFileURL(__filename).href;" },
  }),
  bundle('web', 'web.js', web),
  bundle('inline', 'inline.js', web),
]);

const types = join(out, 'types');
execFileSync(bin('tsc'), ['--project', here, '--outDir', types], { stdio: 'inherit' });
cpSync(types, out, { recursive: true, filter: (name) => !/[/\\](wasm|node|web|inline)(\.d\.ts)?$/.test(name) });
rmSync(types, { recursive: true });
copyFileSync(join(out, 'index.d.ts'), join(out, 'index.d.cts'));

mkdirSync(join(out, 'bin'));
copyFileSync(join(here, 'bin/kettle-verify.mjs'), join(out, 'bin/kettle-verify.mjs'));
optimised('../../target/wasm32-wasip1/wasm/kettle-verify.wasm', join(out, 'bin/kettle-verify.wasm'));

const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
delete manifest.devDependencies;
writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
copyFileSync(join(here, '../README.md'), join(out, 'README.md'));
for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(join(here, '../..', name), join(out, name));
