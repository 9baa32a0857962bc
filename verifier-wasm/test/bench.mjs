// Beside a peer's package, in one run and on one genuine TDX quote with its collateral: warm appraisals, and
// whole processes over an empty one, in rounds that each have all of them. A genuine az-snp bundle with 148 kB
// of provenance besides, and its evidence by itself, where it is there. What else runs on the machine can only
// add to a time, so the least ones are compared; and what the processor worked, on all threads, which waiting
// for it does not add to.
//   npm install --no-save @phala/dcap-qvl-web && node bench.mjs PACKAGE_FOLDER [ROUNDS]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = resolve(process.argv[2]);
const rounds = Number(process.argv[3] ?? 11);
const calls = 40;
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
  load['kettle-verify, az-snp evidence'] = `${read}
const { appraise } = await import(${kettle});
const evidence = readFileSync(${JSON.stringify(bundle)} + '/evidence.json');
globalThis.verify = () => appraise({ kind: 'evidence', evidence }, { now: '2026-06-15T00:00:00Z' });`;
  load['kettle-verify, az-snp bundle'] = `${read}
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

// Everything of a process on all its threads, from its start on.
const told = 'const { user, system } = process.cpuUsage(); console.log(JSON.stringify([[], (user + system) / 1000]));';
const warm = `for (let round = 0; round < 20; round += 1) await verify();
const times = [];
const before = process.cpuUsage();
for (let round = 0; round < ${calls}; round += 1) {
  const start = performance.now();
  await verify();
  times.push(performance.now() - start);
}
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify([times, (user + system) / 1000 / ${calls}]));`;
const programs = { 'empty process': [told] };
for (const [name, program] of Object.entries(load)) programs[name] = [`${program}\nawait verify();\n${told}`, `${program}\n${warm}`];

// Of each program, whole and warm: the least time, and the least work.
const least = Object.fromEntries(Object.keys(programs).map((name) => [name, [[Infinity, Infinity], [Infinity, Infinity]]]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, forms] of Object.entries(programs)) {
    for (const [form, program] of forms.entries()) {
      const start = performance.now();
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
      const whole = performance.now() - start;
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      const [times, work] = JSON.parse(stdout);
      const [time, known] = least[name][form];
      least[name][form] = [Math.min(time, ...(form === 0 ? [whole] : times)), Math.min(known, work)];
    }
  }
}

const [[emptyTime, emptyWork]] = least['empty process'];
console.log(`empty process: ${emptyTime.toFixed(1)} ms, ${emptyWork.toFixed(1)} of work`);
const over = ([[time, work]]) => [time - emptyTime, work - emptyWork];
for (const name of Object.keys(load)) {
  const [time, work] = over(least[name]);
  const [, [call, worked]] = least[name];
  console.log(`${name}: warm ${call.toFixed(2)} ms, ${worked.toFixed(2)} of work; a process ${time.toFixed(1)} ms over the empty one, ${work.toFixed(1)} of work`);
}
const peer = '@phala/dcap-qvl-web, tdx';
if (least[peer]) {
  for (const name of Object.keys(load).filter((name) => name !== peer)) {
    const [ours, theirs] = [over(least[name]), over(least[peer])];
    const [wall, work] = ours.map((value, at) => (value / theirs[at]).toFixed(2));
    const calls = least[name][1].map((value, at) => (value / least[peer][1][at]).toFixed(2));
    console.log(`${name}, of the peer's: warm ${calls[0]}, ${calls[1]} of its work; a process ${wall}, ${work} of its work`);
  }
}
