// What the files of the hosted page weigh after brotli, and which of them the first load has.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

import { choose, filesOf, site } from '../page.mjs';

/** What the page may weigh: `page` without the core, `first_load` with it, `goal` where that shall come to. */
export const bound = JSON.parse(readFileSync(new URL('../../size.json', import.meta.url), 'utf8'));

/** The file that has the core. */
export const isCore = (name) => name.startsWith('core-');

/** Every file of the page with its bytes over the wire. */
export function weights() {
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS };
  const weigh = (name) => brotliCompressSync(readFileSync(join(site, name)), { params }).length;
  return new Map(readdirSync(site).map((name) => [name, weigh(name)]));
}

/** What follows after the first load, or comes when it is asked for. */
const LATER = /^(?:deep|samples)-/;

/**
 * The files that a browser without a service worker asks for until there is a verdict, where it gets none of those
 * that may come later; and which of these it asked for.
 */
export async function firstLoad(browser, address) {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const asked = new Set();
  await page.route('**/*', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    asked.add(name);
    return LATER.test(name) ? route.abort() : route.continue();
  });
  await page.goto(address);
  await choose(page, filesOf('az-snp/ok-milan'));
  await page.waitForSelector('.banner');
  await page.waitForLoadState('networkidle');
  await context.close();
  const [first, later] = [[], []];
  for (const name of asked) (LATER.test(name) ? later : first).push(name);
  return { first, later };
}

export function sum(names, sizes) {
  return names.reduce((total, name) => total + (sizes.get(name) ?? 0), 0);
}
