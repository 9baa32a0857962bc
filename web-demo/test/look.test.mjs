// By keyboard alone, on a phone, on paper, and without a jump.
import { test } from 'node:test';

import { assert, choose, filesOf, launch, open, serve, single, verdict } from './page.mjs';

const CASE = 'az-snp/ok-milan';
const browser = await launch();
const host = await serve();
test.after(async () => {
  host.close();
  await browser.close();
});

const TABS = ['overview', 'chain', 'checks', 'dependencies', 'policy', 'lab'];

for (const width of [320, 390, 768, 1280]) {
  test(`at ${width} pixels nothing is wider than the page`, async () => {
    const { page, calm } = await open(browser, single, { viewport: { width, height: 800 } });
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok((await wide()) <= 0);
    await choose(page, filesOf(CASE));
    await verdict(page);
    for (const tab of TABS) {
      await page.locator(`#tab-${tab}`).click();
      assert.ok((await wide()) <= 0, tab);
    }
    await calm();
  });
}

test('by keyboard alone', async () => {
  const { page, calm } = await open(browser, single);
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  const until = async (text) => {
    for (let at = 0; at < 40; at += 1) {
      await page.keyboard.press('Tab');
      if ((await focused()) === text) return;
    }
    assert.fail(`the focus never comes to ${text}`);
  };
  // From the beginning: the browser has to be told that choosers are answered, and that takes a moment.
  const chooser = page.waitForEvent('filechooser');
  await until('Choose files');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(filesOf(CASE));
  await verdict(page);
  // Who can't see the page stands at the verdict now, and reads on from there.
  assert.equal(await focused(), 'Failed');
  await until('Trust these roots all the same');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.banner[data-outcome=unpinned]');
  await until('Overview');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'Chain');
  await page.keyboard.press('End');
  assert.equal(await focused(), 'Tamper lab');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'Overview');
  for (let at = 0; at < 2; at += 1) await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('[role=tabpanel]:visible').getAttribute('id'), 'view-checks');
  await calm();
});

test('every check is listed, and the list can be narrowed', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, filesOf(CASE, false));
  await verdict(page);
  await page.locator('#tab-checks').click();
  const said = await page.locator('.filter [role=status]').textContent();
  const [, shown, all] = /^(\d+) of (\d+)$/.exec(said);
  assert.equal(shown, all);
  assert.equal(await page.locator('#view-checks .checks > li').count(), Number(all));
  await page.getByLabel('Show').selectOption('fail');
  const failed = await page.locator('#view-checks .checks > li').count();
  assert.ok(failed > 0 && failed < Number(all));
  assert.equal(await page.locator('#view-checks [data-status=fail] summary').count(), failed);
  await calm();
});

test('nothing jumps while it loads', async () => {
  const { page, calm } = await open(browser, host.address);
  const moved = await page.evaluate(
    () =>
      new Promise((done) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value))).observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
      }),
  );
  assert.equal(moved, 0);
  await calm();
});

test('on paper: every check, what is not proven, and nothing that only works by hand', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, filesOf(CASE, false));
  await verdict(page);
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  await page.waitForSelector('.tabs', { state: 'detached' });
  assert.ok(await page.locator('.not-proven').isVisible());
  assert.ok((await page.locator('.stage .checks > li').count()) > 50);
  assert.equal(await page.locator('button:visible, a:visible').count(), 0);
  await calm();
});

test('names that deceive are marked', async () => {
  const { page, calm } = await open(browser, single);
  const names = ['r\u202eg\u2066', 'r\u0261\u0430', 'hell\u043e', 'ok'];
  await page.locator('[data-testid=files]').first().setInputFiles(names.map((name) => ({ name, mimeType: '', buffer: Buffer.from(name) })));
  await page.waitForSelector('.files');
  const shown = await page.locator('.files th[scope=row]').allTextContents();
  assert.ok(shown.includes('r\\u{202e}g\\u{2066}'), shown.join());
  assert.equal(await page.locator('.files .odd').count(), 4);
  assert.ok(shown.every((name) => !/[\u202a-\u202e\u2066-\u2069]/.test(name)));
  await calm();
});
