// Pins of what was seen, an editor that says what a draft would do, and pins for other tools.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { demands, policyInit } from 'kettle-verify';

import { SAMPLES } from '../build/samples.mjs';
import { assert, launch, open, outcome, single, vectors } from './page.mjs';
import { opened as judged } from './support/corpus.mjs';

const browser = await launch();
test.after(() => browser.close());

async function sample(id, tab) {
  const [, title] = SAMPLES.find(([one]) => one === id);
  const held = await open(browser, single);
  await held.page.locator('.sample').filter({ has: held.page.locator('strong', { hasText: new RegExp(`^${title}$`) }) }).click();
  await held.page.waitForSelector('.banner');
  await held.page.getByRole('tab', { name: tab }).click();
  return held;
}

const UNPINNED = 'bundle/no-policy';
const draft = (page) => page.locator('.draft textarea');
const said = (page) => page.locator('.draft-said .demands:not(.dropped) li').evaluateAll((all) => all.map((one) => one.textContent.replace(/new$/, '')));

test('what was seen is pinned, explained, saved, put in force and taken back', async () => {
  const { opened: bundle, settings } = await judged(UNPINNED);
  const { policy: wanted } = await policyInit(bundle.content, settings);
  const { page, calm } = await sample(UNPINNED, 'Policy');
  assert.equal(await outcome(page), 'unpinned');
  await page.getByRole('button', { name: 'Pin what was seen' }).click();
  await page.waitForSelector('.draft .small-verdict');
  assert.equal(await draft(page).inputValue(), wanted);
  // What a policy would demand is said before it demands anything.
  assert.equal(await outcome(page), 'unpinned');
  assert.equal(await page.locator('.draft .small-verdict').getAttribute('data-outcome'), 'verified');
  assert.match(await page.locator('.circle').textContent(), /matches itself proves nothing/);
  const { demands: words } = await demands({ ...settings, policy: wanted });
  assert.deepEqual(await said(page), words.map((one) => one.replaceAll('`', '')));
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save it' }).click()]);
  assert.equal(readFileSync(await saved.path(), 'utf8'), wanted);
  await page.getByRole('button', { name: 'Put it in force' }).click();
  await page.waitForSelector('.banner[data-outcome=verified]');
  await page.getByRole('button', { name: 'Go back to the built-in policy' }).click();
  await page.waitForSelector('.banner[data-outcome=unpinned]');
  await calm();
});

test('any commit of a source can be pinned', async () => {
  const { page, calm } = await sample(UNPINNED, 'Policy');
  await page.getByLabel('any commit of this source').check();
  await page.getByRole('button', { name: 'Pin what was seen' }).click();
  await page.waitForSelector('.draft .small-verdict');
  const { source } = JSON.parse(await draft(page).inputValue());
  assert.deepEqual(Object.keys(source), ['uris']);
  await calm();
});

test('a draft that can\'t be read says where, and can\'t be put in force', async () => {
  const { page, calm } = await sample(UNPINNED, 'Policy');
  await page.getByRole('button', { name: 'Pin what was seen' }).click();
  await page.waitForSelector('.draft .small-verdict');
  const text = await draft(page).inputValue();
  await draft(page).fill(text.replace('"measurements"', '"measurement"'));
  await page.waitForSelector('.draft .complaint');
  assert.match(await page.locator('.draft .complaint').textContent(), /measurement/);
  assert.equal(await page.getByRole('button', { name: 'Put it in force' }).isDisabled(), true);
  await draft(page).fill(text.replace(/"launch_digest": "6b/, '"launch_digest": "7b'));
  await page.waitForSelector('.draft .small-verdict[data-outcome=failed]');
  await page.getByRole('button', { name: 'Throw it away' }).click();
  assert.equal(await draft(page).count(), 0);
  assert.equal(await outcome(page), 'unpinned');
  await calm();
});

test('a policy is opened from a file and edited', async () => {
  const { page, calm } = await sample(UNPINNED, 'Policy');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByText('Open a policy').click()]);
  await chooser.setFiles(join(vectors, 'policies/pinned.json'));
  await page.waitForSelector('.draft .small-verdict[data-outcome=verified]');
  assert.equal(await page.locator('.circle').count(), 0);
  await page.getByRole('button', { name: 'Put it in force' }).click();
  await page.waitForSelector('.banner[data-outcome=verified]');
  await page.getByRole('button', { name: 'Edit it' }).click();
  assert.equal(await draft(page).inputValue(), readFileSync(join(vectors, 'policies/pinned.json'), 'utf8'));
  await calm();
});

test('nothing is pinned of a forged bundle', async () => {
  const { page, calm } = await sample('bundle/p01-injected', 'Policy');
  await page.getByRole('button', { name: 'Pin what was seen' }).click();
  assert.match(await page.locator('.policy [role=alert]').textContent(), /nothing genuine to pin/);
  assert.equal(await draft(page).count(), 0);
  await calm();
});

async function exported(page) {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export as CycloneDX' }).click()]);
  return JSON.parse(readFileSync(await saved.path(), 'utf8'));
}

test('a bill of materials is written of what was verified', async () => {
  const { page, calm } = await sample('bundle/ok-many-dependencies', 'Dependencies');
  const bill = await exported(page);
  assert.equal(bill.bomFormat, 'CycloneDX');
  const libraries = bill.components.filter(({ type }) => type === 'library');
  assert.equal(libraries.length, await page.locator('.table-row').count());
  await calm();
});

test('of what was not verified only on demand', async () => {
  const { page, calm } = await sample(UNPINNED, 'Dependencies');
  await page.getByRole('button', { name: 'Export as CycloneDX' }).click();
  await page.waitForSelector('.export [role=alert]');
  await page.getByLabel('Export it although nothing vouches for it').check();
  const bill = await exported(page);
  const said = bill.metadata.properties.find(({ name }) => name === 'kettle-verify:outcome');
  assert.equal(said.value, 'unpinned');
  await calm();
});
