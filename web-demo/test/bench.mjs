// What the page weighs over the wire, and how soon it can be used on a processor slowed four times.
//   node bench.mjs
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

import { choose, filesOf, launch, serve, site } from './page.mjs';

const ROUNDS = 9;
const SLOWED = 4;
const host = await serve();
const browser = await launch();
// The host compresses each file once, and that is no part of what is measured.
for (const name of readdirSync(site)) await (await fetch(host.address + name)).arrayBuffer();

/** Milliseconds until the page can be used, until its verifier answers, and from files to a verdict. */
async function round() {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname.slice(1)));
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
  await page.goto(host.address, { waitUntil: 'commit' });
  await page.waitForSelector('.drop button');
  // Usable is the moment from which a press is answered: the button is there, and the thread is free.
  const usable = await page.evaluate(() => new Promise((done) => setTimeout(() => done(performance.now()))));
  const ready = await page.evaluate(() => globalThis.kettle.version().then(() => performance.now()));
  const start = performance.now();
  await choose(page, filesOf('az-snp/ok-milan'));
  await page.waitForSelector('.banner');
  const answered = performance.now() - start;
  await context.close();
  return { usable, ready, answered, asked };
}

const rounds = [];
for (let at = 0; at < ROUNDS; at += 1) rounds.push(await round());
const median = (name) => rounds.map((one) => one[name]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
const loaded = new Set(rounds[0].asked.map((name) => (name === '' ? 'index.html' : name)));
const weigh = (name) => brotliCompressSync(readFileSync(join(site, name)), { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }).length;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

let first = 0;
for (const name of readdirSync(site)) {
  const size = weigh(name);
  if (loaded.has(name)) first += size;
  console.log(`${name.padEnd(28)} ${kilobytes(size).padStart(10)} brotli${loaded.has(name) ? '' : ', not in the first load'}`);
}
console.log(`first load                   ${kilobytes(first).padStart(10)} brotli`);
for (const [name, what] of [['usable', 'usable'], ['ready', 'the verifier answers'], ['answered', 'from files to a verdict']]) {
  console.log(`${what}: ${Math.round(median(name))} ms (median of ${ROUNDS}, processor slowed ${SLOWED} times)`);
}
await browser.close();
host.close();
