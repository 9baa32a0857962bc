// The page in Chromium with the network cut, for every test: what is not one of the page's own files fails it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { chromium } from 'playwright-core';

const here = fileURLToPath(new URL('.', import.meta.url));
export const root = join(here, '../..');
export const vectors = join(root, 'testvectors');
export const site = join(root, 'target/web/site');
export const single = pathToFileURL(join(root, 'target/web/single/index.html')).href;
/** Genuine evidence, where it is there; nothing of it lies in the repository. */
export const genuine = process.env.KETTLE_VECTORS ?? join(root, '../shared/vectors');

const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.webmanifest': 'application/manifest+json' };
const FLAGS = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/** A static host: files and their types, nothing else. It remembers what it was asked for in vain. */
export async function serve(folder = site) {
  const strange = [];
  // Once for each file: a host has them compressed, and nobody waits for that.
  const bodies = new Map();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    if (!file.startsWith(folder) || !existsSync(file)) {
      strange.push(pathname);
      return void response.writeHead(404).end();
    }
    if (!bodies.has(file)) bodies.set(file, brotliCompressSync(readFileSync(file)));
    response.writeHead(200, { 'content-type': KINDS[extname(file)] ?? 'application/octet-stream', 'content-encoding': 'br' });
    response.end(bodies.get(file));
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return { address: `http://127.0.0.1:${server.address().port}/`, strange, close: () => server.close() };
}

export function launch(more = []) {
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: [...FLAGS.split(' '), ...more] });
}

/** Opens the page and watches it; `calm` then says that it asked for nothing and complained of nothing. */
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const own = address.startsWith('file:') ? [address] : ['', ...readdirSync(site)].map((name) => address + name);
  const wrong = [];
  context.on('request', (request) => {
    const url = request.url().split('#')[0];
    if (!own.includes(url) && !/^(?:blob|data):/.test(url)) wrong.push(`asked for ${url}`);
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') wrong.push(line.text());
  });
  // The corpus was minted for this day; a test must not hang on the clock of the machine.
  await page.clock.setFixedTime(new Date('2026-06-01T00:00:00Z'));
  // Only with a listener does Chromium hand choosers over, and one that is added with the click comes too late at times.
  page.on('filechooser', () => undefined);
  // From a host the views behind the verdict follow by themselves, after the verifier.
  const behind = address.startsWith('file:') ? undefined : page.waitForEvent('requestfinished', (request) => /deep-[^/]*\.js$/.test(request.url()));
  await page.goto(address);
  // The document can be read before its script has brought it to life.
  await page.waitForFunction(() => globalThis.kettle);
  // From here on there is no network: the verifier and its worker are part of what was loaded.
  await page.evaluate(() => globalThis.kettle.version());
  await behind;
  // What keeps the page for use without a network is fetched over it, and the browser complains where it is gone too soon.
  if (behind && options.serviceWorkers !== 'block') await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  const calm = () => {
    assert.deepEqual(wrong, []);
    return context.close();
  };
  return { page, context, calm };
}

/** The files of a case, with its policy and trust root where `beside` asks for them. */
export function filesOf(id, beside = true) {
  const { files } = JSON.parse(readFileSync(join(vectors, `cases/${id}/case.json`), 'utf8'));
  const paths = [files.provenance, files.evidence, ...files.artifacts.map(({ path }) => path)];
  return [...paths, ...(beside ? [files.policy, files.trust_root] : [])].filter(Boolean).map((path) => join(vectors, path));
}

/** Gives files by the button, as a person does. */
export function choose(page, files) {
  return page.locator('[data-testid=files]').first().setInputFiles(files);
}

export function outcome(page) {
  return page.locator('.banner').getAttribute('data-outcome');
}

/** Waits for a verdict and says its outcome. */
export async function verdict(page) {
  await page.waitForSelector('.banner, .complaint');
  return outcome(page);
}

/** Puts in force what lay among the files; a person reads what it says, and presses. */
export async function trustAll(page) {
  for (const name of ['Trust these roots all the same', 'Put it in force']) {
    const button = page.getByRole('button', { name });
    if ((await button.count()) === 0) continue;
    const before = await page.locator('.facts').textContent();
    await button.click();
    await page.waitForFunction((text) => document.querySelector('.facts')?.textContent !== text, before);
  }
}

/** Lets go of files and folders over the page, as the browser itself does it. */
export async function drop(context, page, paths) {
  const session = await context.newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
  }
}

/** Every file below a folder, as paths relative to it. */
export function below(folder) {
  return readdirSync(folder, { recursive: true }).map(String).filter((name) => statSync(join(folder, name)).isFile());
}

export { assert, relative };
