// The first load is light, has all of what a verdict takes, and ships the core once.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

import { assert, launch, serve, site } from './page.mjs';
import { bound, firstLoad, isCore, sum, weights } from './support/weight.mjs';

const browser = await launch();
const host = await serve();
test.after(async () => {
  host.close();
  await browser.close();
});
const sizes = weights();
const { first, later } = await firstLoad(browser, host.address);

test('the first load is within its bounds', () => {
  const [whole, page] = [sum(first, sizes), sum(first.filter((name) => !isCore(name)), sizes)];
  console.log(`# first load ${whole} bytes after brotli, ${page} without the core, ${sum(later, sizes)} follow; the goal is ${bound.goal}`);
  assert.ok(first.some(isCore), `the core is not in ${first}`);
  assert.ok(page <= bound.page, `the page has ${page} bytes after brotli and may have ${bound.page}: see size.json`);
  assert.ok(whole <= bound.first_load, `the first load has ${whole} bytes after brotli and may have ${bound.first_load}: see size.json`);
});

test('a verdict needs nothing but the first load, and the samples wait until they are asked for', () => {
  assert.ok(later.length > 0 && later.every((name) => name.startsWith('deep-')), later.join());
  assert.ok(readdirSync(site).some((name) => name.startsWith('samples-')));
});

test('the core is shipped once', () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('kettle-verify/kettle_verify.wasm')).toString('latin1');
  // The longest text in the core that no way of packing but base64 changes.
  const [mark] = wasm.match(/[ -&(-;=-\[\]-~]{16,}/g).sort((one, other) => other.length - one.length);
  const times = (text, part) => text.split(part).length - 1;
  for (const folder of ['site', 'single', 'element']) {
    const files = readdirSync(join(site, '..', folder)).map((name) => readFileSync(join(site, '..', folder, name), 'latin1'));
    assert.equal(files.reduce((sum, file) => sum + times(file, mark), 0), 1, folder);
    assert.equal(files.reduce((sum, file) => sum + times(file, 'AGFzbQ'), 0), 0, `${folder} has it as base64`);
  }
});
