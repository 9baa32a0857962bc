// Beside a peer's package, in one run and on one genuine TDX quote with its collateral: warm appraisals, and
// whole processes over an empty one. The genuine az-snp bundle besides, where it is there.
//   npm install --no-save @phala/dcap-qvl-web && node bench.mjs PACKAGE_FOLDER [ROUNDS]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = resolve(process.argv[2]);
const rounds = Number(process.argv[3] ?? 60);
const vectors = fileURLToPath(new URL('../../testvectors/', import.meta.url));
const kettle = JSON.stringify(pathToFileURL(join(folder, 'node.js')).href);
const real = (name) => JSON.stringify(join(vectors, 'real/dcap-qvl-0.7.1', name));
const read = "import { readFileSync } from 'node:fs';";
// Within the validity of the collateral.
const [quote, collateral, now] = [real('tdx_quote'), real('tdx_quote_collateral.json'), '2025-06-25T00:00:00Z'];

// Each program loads and reads, and leaves what verifies in `verify`, which throws where nothing was verified.
const load = { 'kettle-verify, tdx': `${read}
const { appraise } = await import(${kettle});
const evidence = JSON.stringify({ platform: 'tdx', evidence: { quote: readFileSync(${quote}).toString('base64'),
  cc_eventlog: null, collateral: JSON.parse(readFileSync(${collateral}, 'utf8')) } });
globalThis.verify = async () => {
  const { checks } = await appraise({ kind: 'evidence', evidence }, { now: '${now}' });
  if (checks.find(({ id }) => id === 'tdx.quote.signature')?.status !== 'pass') throw new Error('not verified');
};` };

// A genuine bundle, which is not part of the repository: its roots are the pinned ones, which need not be
// verified in every run.
const bundle = join(process.env.KETTLE_VECTORS ?? join(vectors, '../../shared/vectors'), 'kettle/lunal-kettle/fixtures/alejandra');
if (existsSync(bundle)) {
  load['kettle-verify, az-snp'] = `${read}
const { appraise } = await import(${kettle});
const [provenance, evidence] = ['provenance.json', 'evidence.json'].map((name) => readFileSync(${JSON.stringify(bundle)} + '/' + name));
globalThis.verify = () => appraise({ provenance, evidence, artifactsMode: 'without' }, { now: '2026-06-15T00:00:00Z' });`;
} else {
  console.log('the az-snp bundle is not there');
}

const manifest = fileURLToPath(new URL('../npm/node_modules/@phala/dcap-qvl-web/package.json', import.meta.url));
if (existsSync(manifest)) {
  const { main, module } = JSON.parse(readFileSync(manifest));
  const entry = join(manifest, '..', module ?? main);
  load['@phala/dcap-qvl-web, tdx'] = `${read}
const peer = await import(${JSON.stringify(pathToFileURL(entry).href)});
peer.initSync({ module: readFileSync(${JSON.stringify(entry.replace(/\.js$/, '_bg.wasm'))}) });
const quote = readFileSync(${quote});
const collateral = JSON.parse(readFileSync(${collateral}, 'utf8'));
globalThis.verify = () => peer.js_verify(new Uint8Array(quote), collateral, ${Date.parse(now) / 1000}n);`;
} else {
  console.log('the peer is not installed');
}

const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)];
const programs = { 'empty process': '0' };
for (const [name, program] of Object.entries(load)) {
  const repeat = `const warm = [];
for (let round = 0; round < ${rounds + 20}; round += 1) {
  const start = performance.now();
  await verify();
  if (round >= 20) warm.push(performance.now() - start);
}
console.log(JSON.stringify(warm));`;
  const { status, stdout, stderr } = node(`${program}\n${repeat}`);
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  console.log(`${name}, warm: ${median(JSON.parse(stdout)).toFixed(2)} ms`);
  programs[name] = `${program}\nawait verify();`;
}
const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
for (let round = 0; round < 21; round += 1) {
  for (const [name, program] of Object.entries(programs)) {
    const start = performance.now();
    const { status, stderr } = node(program);
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    times[name].push(performance.now() - start);
  }
}
const empty = median(times['empty process']);
for (const [name, list] of Object.entries(times)) {
  const whole = median(list);
  console.log(`${name}: ${whole.toFixed(1)} ms, ${(whole - empty).toFixed(1)} over an empty process`);
}

function node(program) {
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
}
