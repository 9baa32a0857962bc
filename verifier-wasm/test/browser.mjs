// The package in Chromium: the whole corpus on a page under a strict policy, in a Web Worker, and as Vite and
// esbuild bundle it without configuration.
//   node browser.mjs PACKAGE_FOLDER ARCHIVES
// `open.mjs` leaves the archives.
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [folder, archives] = process.argv.slice(2).map((path) => resolve(path));
const here = fileURLToPath(new URL('.', import.meta.url));
const tools = createRequire(new URL('../npm/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(tools.resolve(name)));
const { chromium } = (await load('playwright-core')).default;
const vectors = join(here, '../../testvectors');
const { cases } = JSON.parse(readFileSync(join(vectors, 'index.json')));
const sample = cases.find((id) => id.startsWith('az-snp/ok'));

const site = mkdtempSync(join(tmpdir(), 'kettle-browser-'));
process.on('exit', () => rmSync(site, { recursive: true, force: true }));
cpSync(folder, join(site, 'node_modules/kettle-verify'), { recursive: true });
cpSync(join(here, 'case.mjs'), join(site, 'case.mjs'));
const write = (name, text) => writeFileSync(join(site, name), text);

// A page answers on its console: evaluating anything from here would need what its policy forbids.
const said = `const say = (id, text) => console.info(JSON.stringify([id, text]));\n`;
const fetched = `const read = async (path) => new Uint8Array(await (await fetch('/testvectors/' + path)).arrayBuffer());\n`;
const ask = (from, ids, reader = fetched) => `import { answer } from './case.mjs';
import * as kettle from '${from}';
${reader}${said}for (const id of ${JSON.stringify(ids)}) say(id, (await answer(kettle, id, read)).text);\n`;
const page = (script) => `<!doctype html><meta charset="utf-8"><title>kettle-verify</title>${script}`;
const wrapped = (script) => script.replace(/^for .*$/ms, (loop) => `(async () => { ${loop} })();`);

const web = './node_modules/kettle-verify/web.js';
write('page.js', ask(web, cases));
write('page.html', page('<script type="module" src="page.js"></script>'));
write('worker.js', ask(web, [sample]).replace('console.info', 'postMessage'));
write('inworker.js', "new Worker('worker.js', { type: 'module' }).onmessage = ({ data }) => console.info(data);\n");
write('worker.html', page('<script type="module" src="inworker.js"></script>'));
write('bundled.js', wrapped(ask('kettle-verify', [sample])));
write('index.html', page('<script type="module" src="bundled.js"></script>'));
write('esbuild.html', page('<script src="esbuild/bundled.js"></script>'));
// Folders, archives and loose files, sound and hostile, with what Node says to each.
const asked = JSON.parse(readFileSync(archives));
cpSync(archives, join(site, 'archives.json'));
cpSync(join(here, 'opened.mjs'), join(site, 'opened.mjs'));
write('open.js', `import { opened, plain } from './opened.mjs';
import * as kettle from '${web}';
${fetched}${said}const settings = { now: '2026-06-01T00:00:00Z', trustRoot: await read('trust-root.json') };
const asked = await (await fetch('archives.json')).json();
for (const [name, { bytes }] of Object.entries(asked)) {
  const file = new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name);
  say(name, plain(await opened(kettle, [file], settings)));
}\n`);
write('open.html', page('<script type="module" src="open.js"></script>'));
cpSync(join(here, 'streams.mjs'), join(site, 'streams.mjs'));
write('stream.js', `import { cancelled, large, watched } from './streams.mjs';
import * as kettle from '${web}';
${said}const pieces = large();
const source = new ReadableStream({ pull: (control) => { const { done, value } = pieces.next(); done ? control.close() : control.enqueue(value); } });
const { size } = await kettle.hashArtifact(source);
say('a gigabyte was hashed', size === 2 ** 30);
for (const [what, holds] of Object.entries({ ...(await watched(kettle)), ...(await cancelled(kettle)) })) say(what, holds);\n`);
write('stream.html', page('<script type="module" src="stream.js"></script>'));
const files = JSON.stringify(filesOf(sample));
write('disk.js', wrapped(ask('kettle-verify', [sample], `const read = (path) => Uint8Array.from(${files}[path]);\n`)));

const esbuild = await load('esbuild');
const options = { bundle: true, absWorkingDir: site, logLevel: 'error', outdir: 'esbuild' };
await esbuild.build({ ...options, entryPoints: ['bundled.js', 'disk.js'], format: 'iife' });
const vite = await import(pathToFileURL(join(here, '../npm/node_modules/vite/dist/node/index.js')));
await vite.build({ root: site, base: '/dist/', logLevel: 'error', configFile: false });

const kinds = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const path = decodeURIComponent(pathname);
  const file = path.startsWith('/testvectors/') ? join(vectors, path.slice(12)) : join(site, path);
  try {
    const body = readFileSync(file);
    response.writeHead(200, { 'content-type': kinds[extname(file)] ?? 'application/octet-stream', 'content-security-policy': policy });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}).listen(0, '127.0.0.1');
await new Promise((done) => server.once('listening', done));
const origin = `http://127.0.0.1:${server.address().port}`;

const flags = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: flags.split(' ') });
let wrong = 0;
const complain = (text) => {
  wrong += 1;
  console.error(text);
};

/** The most memory in MiB that any process of pages ever took. */
async function most() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const peak = ({ id }) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  return Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(peak));
}

/** The answers of a page, by the ids of their cases. */
async function answers(path, count, before = () => undefined) {
  const tab = await browser.newPage();
  const found = new Map();
  const complete = new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`${path}: ${found.size} of ${count} answers`)), 120_000);
    tab.on('console', (line) => {
      if (line.type() !== 'info') return;
      found.set(...JSON.parse(line.text()));
      if (found.size < count) return;
      clearTimeout(timer);
      done();
    });
  });
  tab.on('pageerror', (error) => complain(`${path}: ${error}`));
  tab.on('console', (line) => {
    if (line.type() === 'error' && !line.text().includes('404')) complain(`${path}: ${line.text()}`);
  });
  await tab.goto(path.startsWith('file:') ? path : `${origin}/${path}`);
  await complete;
  await before();
  await tab.close();
  return found;
}

const conformance = createHash('sha256');
const corpus = await answers('page.html', cases.length);
for (const id of cases) {
  conformance.update(`${corpus.get(id)}\n`);
  console.log(`${id}\t${createHash('sha256').update(corpus.get(id)).digest('hex')}`);
}
const archived = await answers('open.html', Object.keys(asked).length);
for (const [name, { said }] of Object.entries(asked)) {
  if (archived.get(name) !== said) complain(`${name}: Node says ${said.slice(0, 300)}, the browser ${String(archived.get(name)).slice(0, 300)}`);
}
let peak = Infinity;
const streamed = await answers('stream.html', 10, async () => (peak = await most()));
for (const [what, holds] of streamed) if (!holds) complain(`does not hold: ${what}`);
if (!(peak < 600)) complain(`a gigabyte takes ${peak} MiB`);
console.log(`${streamed.size} answers about streams, with ${Math.round(peak)} MiB at most`);
console.log(`${archived.size} archives opened or refused as in Node`);
// From the disk there is no server, and nothing can be fetched.
write('disk.html', page('<script src="esbuild/disk.js"></script>'));
const disk = pathToFileURL(join(site, 'disk.html')).href;
for (const path of ['worker.html', 'esbuild.html', 'dist/index.html', disk]) {
  const found = await answers(path, 1);
  if (found.get(sample) !== corpus.get(sample)) complain(`${path}: another answer`);
}

await browser.close();
server.close();
console.log(`conformance ${conformance.digest('hex')}`);
process.exit(wrong === 0 ? 0 : 1);

function filesOf(id) {
  const document = JSON.parse(readFileSync(join(vectors, `cases/${id}/case.json`)));
  const { provenance, evidence, policy, trust_root, artifacts, certificates, crls } = document.files;
  const beside = [...artifacts.map(({ path }) => path), ...(certificates ?? []), ...(crls ?? [])];
  const paths = [`cases/${id}/case.json`, provenance, evidence, policy, trust_root, ...beside].filter(Boolean);
  return Object.fromEntries(paths.map((path) => [path, [...readFileSync(join(vectors, path))]]));
}
