// What the page weighs over the wire, and how soon it can be used on a processor slowed four times.
//   node bench.mjs
import { readdirSync } from 'node:fs';

import { choose, filesOf, launch, serve, site } from './page.mjs';
import { firstLoad, isCore, sum, weights } from './support/weight.mjs';

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
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
  await page.addInitScript(noteUsable);
  await page.goto(host.address);
  await page.waitForFunction(() => globalThis.usable);
  const usable = await page.evaluate(() => globalThis.usable);
  const ready = await page.evaluate(() => globalThis.kettle.version().then(() => performance.now()));
  const start = performance.now();
  await choose(page, filesOf('az-snp/ok-milan'));
  await page.waitForSelector('.banner');
  const answered = performance.now() - start;
  await context.close();
  return { usable, ready, answered };
}

/**
 * Usable is the moment from which a press is answered: the page's script has run, and the thread is free. It is noted
 * in the page, since the way to this process and back takes longer where others are at work.
 */
function noteUsable() {
  Object.defineProperty(globalThis, 'kettle', {
    configurable: true,
    set: (value) => {
      Object.defineProperty(globalThis, 'kettle', { value });
      globalThis.usable = new Promise((done) => setTimeout(() => done(performance.now())));
    },
  });
}

const rounds = [];
for (let at = 0; at < ROUNDS; at += 1) rounds.push(await round());
const sorted = (name) => rounds.map((one) => one[name]).sort((a, b) => a - b).map(Math.round);
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const sizes = weights();
const { first, later } = await firstLoad(browser, host.address);
for (const [name, size] of sizes) {
  const when = first.includes(name) ? '' : later.includes(name) ? ', follows' : ', when it is asked for';
  console.log(`${name.padEnd(28)} ${kilobytes(size).padStart(10)} brotli${when}`);
}
console.log(`first load                   ${kilobytes(sum(first, sizes)).padStart(10)} brotli`);
console.log(`of that without the core     ${kilobytes(sum(first.filter((name) => !isCore(name)), sizes)).padStart(10)} brotli`);
for (const [name, what] of [['usable', 'usable'], ['ready', 'the verifier answers'], ['answered', 'from files to a verdict']]) {
  const times = sorted(name);
  console.log(`${what}: ${times[Math.floor(ROUNDS / 2)]} ms, at least ${times[0]} (median of ${ROUNDS}, processor slowed ${SLOWED} times)`);
}
await browser.close();
host.close();
