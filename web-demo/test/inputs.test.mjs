// Each way in: loose files in any order, a folder, archives, a drop, a paste; and what is missing is said.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';

import { tarball, zip } from './archive.mjs';
import { assert, below, choose, drop, filesOf, launch, open, outcome, single, trustAll, vectors, verdict } from './page.mjs';

const CASE = 'az-snp/ok-milan';
const [provenance, evidence, artifact, policy, roots] = filesOf(CASE);
const folder = join(vectors, 'cases', CASE);
const scratch = mkdtempSync(join(tmpdir(), 'kettle-page-'));
const browser = await launch();
test.after(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await browser.close();
});

/** The bundle as [name, bytes], the way an archive of it has it. */
const members = below(folder)
  .filter((name) => !/^(?:case|expected)\.json$/.test(name))
  .map((name) => [`hello-build/${name}`, readFileSync(join(folder, name))]);

function archive(name, bytes) {
  const path = join(scratch, name);
  writeFileSync(path, bytes);
  return path;
}

/** Under the test root, and the policy that names the image, the bundle is as good as the corpus says. */
async function verifies(page) {
  await choose(page, [policy, roots]);
  await page.waitForSelector('.offer');
  await trustAll(page);
  assert.equal(await outcome(page), 'verified');
}

const WAYS = {
  'loose files at once': (page) => choose(page, [artifact, evidence, provenance]),
  'a folder that was chosen': (page) => page.locator('[data-testid=folder]').first().setInputFiles(folder),
  'a folder that was dropped': (page, context) => drop(context, page, [folder]),
  'loose files that were dropped': (page, context) => drop(context, page, [evidence, artifact, provenance]),
  'a zip': (page) => choose(page, [archive('bundle.zip', zip(members))]),
  'a tar.gz that was dropped': (page, context) => drop(context, page, [archive('bundle.tar.gz', tarball(members))]),
};

for (const [way, give] of Object.entries(WAYS)) {
  test(way, async () => {
    const { page, context, calm } = await open(browser, single);
    await give(page, context);
    await verdict(page);
    assert.match(await page.locator('.chips').textContent(), /hello/);
    await verifies(page);
    await calm();
  });
}

test('one file after the other, and what is missing is said', async () => {
  const { page, calm } = await open(browser, single);
  const missing = () => page.locator('.slots li[data-there=false] strong').allTextContents();
  assert.equal((await missing()).length, 3);
  await choose(page, [artifact]);
  await page.waitForSelector('.slots li[data-there=true]');
  assert.deepEqual(await missing(), ['provenance.json', 'evidence.json']);
  await choose(page, [evidence]);
  await page.waitForFunction(() => document.querySelectorAll('.slots li[data-there=true]').length === 2);
  assert.deepEqual(await missing(), ['provenance.json']);
  await choose(page, [provenance]);
  await verdict(page);
  await verifies(page);
  await calm();
});

test('a bundle without the binary says so, and takes it later', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, [provenance, evidence]);
  await verdict(page);
  assert.match(await page.locator('.chips').textContent(), /the binary is still missing/);
  await choose(page, [artifact]);
  await page.waitForFunction(() => !document.querySelector('.chips [data-missing]'));
  await verifies(page);
  await calm();
});

test('a bundle is judged alone where that is asked for, and no longer when a file is given', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, [provenance, evidence, roots]);
  await verdict(page);
  await trustAll(page);
  const aside = page.getByRole('button', { name: 'Without the files', includeHidden: true });
  await page.getByRole('button', { name: 'Judge the bundle alone' }).click();
  await page.waitForSelector('#offer-files', { state: 'detached' });
  assert.equal(await outcome(page), 'unpinned');
  assert.match(await page.locator('.banner h1').textContent(), /no artifact was checked/);
  assert.equal(await aside.getAttribute('aria-pressed'), 'true');
  await choose(page, [artifact]);
  await page.waitForFunction(() => /artifact/.test(document.querySelector('.chips').textContent));
  assert.equal(await aside.getAttribute('aria-pressed'), 'false');
  assert.doesNotMatch(await page.locator('.banner h1').textContent(), /no artifact was checked/);
  await calm();
});

test('advice that names the command line says where it is followed on the page', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, [provenance, evidence, artifact, archive('stranger', 'no file of this build')]);
  await verdict(page);
  await trustAll(page);
  await page.locator('#tab-checks').click();
  await page.locator('.checks summary', { hasText: 'every subject that is asked for has a file' }).click();
  assert.match(await page.locator('.checks [open]').textContent(), /--without-artifacts on this page: press Without the files under Time and trust/);
  await calm();
});

test('pasted texts', async () => {
  const { page, calm } = await open(browser, single);
  const paste = (text) =>
    page.evaluate((content) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', content);
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
    }, text);
  await paste(readFileSync(evidence, 'utf8'));
  await page.waitForSelector('.slots li[data-there=true]');
  await paste(readFileSync(provenance, 'utf8'));
  await verdict(page);
  await choose(page, [artifact]);
  await page.waitForFunction(() => !document.querySelector('.chips [data-missing]'));
  await verifies(page);
  await calm();
});

test('a changed binary fails, and taking it away undoes that', async () => {
  const { page, calm } = await open(browser, single);
  const changed = Buffer.from(readFileSync(artifact));
  changed[0] ^= 1;
  await choose(page, [provenance, evidence, roots, policy, archive(basename(artifact), changed)]);
  await verdict(page);
  await trustAll(page);
  assert.equal(await outcome(page), 'failed');
  assert.match(await page.locator('.deciding').textContent(), /SHA-256/);
  await page.getByRole('button', { name: /^Remove hello/ }).click();
  await page.waitForSelector('.banner[data-outcome=unpinned]');
  await calm();
});

test('what can\'t be read is said in words, and the verdict stays that there was', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, [provenance, evidence, artifact]);
  await verdict(page);
  const before = await page.locator('.banner h1').textContent();
  await choose(page, [archive('bundle.zip', zip(members).subarray(0, 400))]);
  await page.waitForSelector('.complaint');
  assert.equal(await page.locator('.banner h1').textContent(), before);
  const [said, stood] = await Promise.all(['.complaint', '.banner'].map((one) => page.locator(one).boundingBox()));
  assert.ok(said.y >= 0 && said.y < stood.y, 'it is said in sight, above the verdict');
  assert.match(await page.locator('.complaint').textContent(), /the one from before/);
  await calm();
});

test('another bundle takes the place of the one that is there', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, filesOf('snp/ok-genoa', false));
  await verdict(page);
  const before = await page.locator('.files').textContent();
  await choose(page, [archive('next.zip', zip(members))]);
  await page.waitForFunction((text) => document.querySelector('.files')?.textContent !== text, before);
  assert.equal(await page.locator('.files tbody tr').count(), members.length);
  await verifies(page);
  await calm();
});

test('start over leaves nothing behind', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, filesOf(CASE));
  await verdict(page);
  await trustAll(page);
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.waitForSelector('.question');
  assert.equal(await page.locator('.banner, .files').count(), 0);
  await choose(page, [provenance, evidence, artifact]);
  await verdict(page);
  assert.equal(await page.locator('.strap').count(), 0);
  await calm();
});
