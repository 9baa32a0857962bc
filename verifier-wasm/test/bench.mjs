// Beside a peer's package, in one run: warm appraisals, and whole processes over an empty one.
//   npm install --no-save @phala/dcap-qvl-web && node bench.mjs PACKAGE_FOLDER [ROUNDS]
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = resolve(process.argv[2]);
const rounds = Number(process.argv[3] ?? 60);
const vectors = fileURLToPath(new URL('../../testvectors/', import.meta.url));
// A genuine bundle, which is not part of the repository: its roots are the pinned ones, which need not be
// verified in every run.
const bundle = join(process.env.KETTLE_VECTORS ?? join(vectors, '../../shared/vectors'), 'kettle/lunal-kettle/fixtures/alejandra');
const files = ['provenance.json', 'evidence.json'].map((name) => join(bundle, name));
const now = '2026-06-15T00:00:00Z';
const kettle = await import(pathToFileURL(join(folder, 'node.js')));

const [provenance, evidence] = files.map((path) => readFileSync(path));
const content = { provenance, evidence, artifactsMode: 'without' };
const { outcome, sentence } = await kettle.appraise(content, { now });
console.log(outcome, sentence);
const settings = { now };
const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)];
const warm = [];
for (let round = 0; round < rounds + 20; round += 1) {
  const start = performance.now();
  await kettle.appraise(content, settings);
  if (round >= 20) warm.push(performance.now() - start);
}
console.log(`warm az-snp appraisal: ${median(warm).toFixed(2)} ms`);

const ours = `import { readFileSync } from 'node:fs';
import { appraise } from ${JSON.stringify(pathToFileURL(join(folder, 'node.js')).href)};
const [provenance, evidence] = ${JSON.stringify(files)}.map((path) => readFileSync(path));
await appraise({ provenance, evidence, artifactsMode: 'without' }, { now: ${JSON.stringify(now)} });`;
const programs = { 'empty process': '0', 'kettle-verify, az-snp': ours };
try {
  const tools = createRequire(new URL('../npm/package.json', import.meta.url));
  const at = join(tools.resolve('@phala/dcap-qvl-web/package.json'), '..');
  const { main, module } = JSON.parse(readFileSync(join(at, 'package.json')));
  const entry = join(at, module ?? main);
  // The least that the peer can do: load, and refuse a quote of no bytes.
  programs['@phala/dcap-qvl-web, loaded only'] = `import { readFileSync } from 'node:fs';
const peer = await import(${JSON.stringify(pathToFileURL(entry).href)});
peer.initSync({ module: readFileSync(${JSON.stringify(entry.replace(/\.js$/, '_bg.wasm'))}) });
try { peer.js_verify(new Uint8Array(0), {}, 0n); } catch {}`;
} catch {
  console.log('the peer is not installed');
}
const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
for (let round = 0; round < 21; round += 1) {
  for (const [name, program] of Object.entries(programs)) {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    times[name].push(performance.now() - start);
  }
}
const empty = median(times['empty process']);
for (const [name, list] of Object.entries(times)) {
  const whole = median(list);
  console.log(`${name}: ${whole.toFixed(1)} ms, ${(whole - empty).toFixed(1)} over an empty process`);
}
