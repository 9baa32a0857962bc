// Every view of every outcome, in light, dark and on a phone: axe finds nothing.
import { test } from 'node:test';

import { SAMPLES } from '../build/samples.mjs';
import { assert, launch, open, single } from './page.mjs';
import { axe } from './support/axe.mjs';

const browser = await launch();
test.after(() => browser.close());

const LOOKS = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['on a phone', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
];
const TABS = ['overview', 'chain', 'checks', 'dependencies', 'policy', 'lab'];
const STATES = ['az-snp/ok-milan', 'bundle/no-policy', 'tdx/no-collateral', 'bundle/p01-injected', 'bundle/ok-many-dependencies'];

for (const [look, options] of LOOKS) {
  test(`axe finds nothing, ${look}`, async () => {
    const { page, calm } = await open(browser, single, options);
    assert.deepEqual(await axe(page), [], 'the beginning');
    for (const id of STATES) {
      const title = SAMPLES.find(([one]) => one === id)?.[1];
      await page.locator('.sample').filter({ has: page.locator('strong', { hasText: new RegExp(`^${title}$`) }) }).click();
      await page.waitForSelector('.banner');
      for (const tab of TABS) {
        await page.locator(`#tab-${tab}`).click();
        assert.deepEqual(await axe(page), [], `${title}, ${tab}`);
      }
      await page.getByRole('button', { name: 'Start over' }).click();
      await page.waitForSelector('.sample');
    }
    await calm();
  });
}

test('axe would find something', async () => {
  const { page, calm } = await open(browser, single);
  await page.evaluate(() => document.querySelector('main').append(document.createElement('button')));
  assert.match((await axe(page)).join(), /button-name/);
  await calm();
});
