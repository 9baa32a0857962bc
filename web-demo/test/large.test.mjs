// 2 GiB through the page: memory stays flat, progress shows, and it can be ended.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { assert, filesOf, launch, open, single } from './page.mjs';

const MEBIBYTE = 1 << 20;
const browser = await launch();
test.after(() => browser.close());

/** Drops a bundle whose artifact has 2^`doublings` MiB, made of one part again and again. */
async function dropLarge(page, doublings) {
  const [provenance, evidence] = filesOf('az-snp/ok-milan').map((name) => readFileSync(name, 'utf8'));
  await page.evaluate(
    ([given, times, part]) => {
      let data = new Blob([new Uint8Array(part).fill(7)]);
      for (let at = 0; at < times; at += 1) data = new Blob([data, data]);
      const dataTransfer = new DataTransfer();
      const files = [new File([data], 'hello'), ...given.map(([name, text]) => new File([text], name))];
      files.forEach((file) => dataTransfer.items.add(file));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    },
    [[['provenance.json', provenance], ['evidence.json', evidence]], doublings, MEBIBYTE],
  );
}

/** Bytes of memory that each process of the browser holds. */
async function memory() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const resident = ({ id }) => Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  return processInfo.map(resident).reduce((sum, bytes) => sum + bytes, 0);
}

test('memory stays flat over 2 GiB', async () => {
  const { page, calm } = await open(browser, single);
  await dropLarge(page, 0);
  await page.waitForSelector('.banner');
  await page.getByRole('button', { name: 'Start over' }).click();
  const before = await memory();
  const seen = [];
  await dropLarge(page, 11);
  await page.waitForSelector('progress[value]');
  while ((await page.locator('.banner').count()) === 0) {
    seen.push(Math.round(((await memory()) - before) / MEBIBYTE));
    await page.waitForTimeout(100);
  }
  const digest = createHash('sha256');
  const part = Buffer.alloc(MEBIBYTE, 7);
  for (let at = 0; at < 2048; at += 1) digest.update(part);
  assert.match(await page.locator('.files').textContent(), new RegExp(digest.digest('hex')));
  // Pieces of a mebibyte wait for the collector, which lets some of them gather: a sawtooth, and no slope.
  const [least, most] = [Math.min(...seen.slice(-seen.length / 4)), Math.max(...seen)];
  console.log(`# 2048 MiB read, ${most} MiB more memory at most, ${least} MiB at least in the last quarter`);
  assert.ok(most < 512, `${most} MiB more`);
  assert.ok(least < 160, `${least} MiB more at the end`);
  await calm();
});

test('a long read can be cancelled, and leaves what was there', async () => {
  const { page, calm } = await open(browser, single);
  await dropLarge(page, 13);
  await page.waitForSelector('progress[value]');
  const first = await page.locator('progress').getAttribute('value');
  await page.waitForFunction((value) => document.querySelector('progress')?.getAttribute('value') !== value, first);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForSelector('.reading', { state: 'detached' });
  assert.equal(await page.locator('.banner, .complaint, .files').count(), 0);
  // The worker is free again at once: what was read of the 8 GiB is not read to its end.
  await dropLarge(page, 0);
  await page.waitForSelector('.banner');
  await calm();
});
