// The four outcomes: each has its own word, shape and border, says the core's sentence, and what is not proven.
import { test } from 'node:test';

import { CASES } from './cases.mjs';
import { assert, choose, filesOf, launch, open, outcome, single, trustAll, verdict } from './page.mjs';

const browser = await launch();
test.after(() => browser.close());

const looks = new Map();
for (const [expected, id] of Object.entries(CASES)) {
  test(`${expected} has its own look`, async () => {
    const { page, calm } = await open(browser, single);
    await choose(page, filesOf(id));
    await verdict(page);
    await trustAll(page);
    assert.equal(await outcome(page), expected);
    const look = await page.evaluate(() => {
      const banner = document.querySelector('.banner');
      const style = getComputedStyle(banner);
      return {
        word: banner.querySelector('.banner-word').textContent,
        shape: banner.querySelector('.seal-outline').getAttribute('d'),
        sign: banner.querySelector('.seal-sign').getAttribute('d'),
        border: `${style.borderTopStyle} ${style.borderTopWidth}`,
        tone: style.borderTopColor,
      };
    });
    looks.set(expected, look);
    const sentence = await page.locator('.banner h1').textContent();
    const said = JSON.parse(await savedVerdict(page)).sentence;
    assert.equal(sentence, said.replaceAll('`', ''));
    assert.match(await page.locator('.strap').textContent(), /Test keys/);
    assert.ok((await page.locator('.not-proven li').count()) > 3);
    assert.equal(await page.locator('[role=status][aria-live]').textContent(), said);
    await calm();
  });
}

test('no two looks share a word, a shape, a sign, a border or a colour', () => {
  assert.equal(looks.size, 4);
  for (const trait of ['word', 'shape', 'sign', 'border', 'tone']) {
    assert.equal(new Set([...looks.values()].map((look) => look[trait])).size, 4, trait);
  }
});

test('nothing is green before an image is pinned', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, filesOf(CASES.verified).filter((name) => !name.includes('polic')));
  await verdict(page);
  await trustAll(page);
  assert.equal(await outcome(page), 'unpinned');
  const tone = await page.locator('.banner').evaluate((banner) => getComputedStyle(banner).borderTopColor);
  assert.notEqual(tone, looks.get('verified').tone);
  await calm();
});

test('a policy and a trust root among the files are not in force by themselves', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, filesOf(CASES.verified));
  assert.equal(await verdict(page), 'failed');
  assert.match(await page.locator('.facts').textContent(), /none given/);
  assert.equal(await page.locator('.offer').count(), 2);
  await calm();
});

async function savedVerdict(page) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the verdict' }).click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
