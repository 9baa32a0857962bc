// What somebody built to mislead or to exhaust: names that deceive, that never end, and more of everything.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';

import { assert, choose, filesOf, launch, open, single, verdict } from './page.mjs';

const [provenance, evidence, artifact] = filesOf('snp/ok-milan').map((path) => readFileSync(path));
const browser = await launch();
test.after(() => browser.close());

const TABS = ['overview', 'chain', 'checks', 'dependencies', 'policy', 'lab'];
const file = (name, bytes) => ({ name, mimeType: '', buffer: Buffer.from(bytes) });

/** The bundle with a provenance that was changed. */
function changed(change, name = 'hello') {
  const document = JSON.parse(provenance);
  change(document, document.predicate.buildDefinition);
  return [file('provenance.json', JSON.stringify(document)), file('evidence.json', evidence), file(name, artifact)];
}

/** Turns what follows around, ends nowhere, hides, looks like another, and would like to be markup. */
const EVIL = `\u202egpj.exe\u2066\u0000\u200b<img src=x onerror=alert(1)>\u0430pple ${'A'.repeat(3000)}`;

for (const width of [320, 1280]) {
  test(`names from a bundle neither burst the page nor turn it around, at ${width} pixels`, async () => {
    const { page, calm } = await open(browser, single, { viewport: { width, height: 800 } });
    const bundle = changed((document, build) => {
      document.subject[0].name = EVIL;
      document.predicate.runDetails.builder.id = EVIL;
      build.externalParameters.source.uri = EVIL;
      build.resolvedDependencies.forEach((one) => Object.assign(one, { name: EVIL, uri: `pkg:cargo/${EVIL}` }));
    }, `\u202ehell\u043e ${'B'.repeat(240)}`);
    await choose(page, bundle);
    assert.equal(await verdict(page), 'failed');
    for (const tab of TABS) {
      await page.locator(`#tab-${tab}`).click();
      const seen = await page.evaluate(() => ({
        over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        turned: /[\u0000\u200b\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText),
        pictures: document.images.length,
      }));
      assert.ok(seen.over <= 0, `${tab}: ${seen.over} pixels over`);
      assert.deepEqual([seen.turned, seen.pictures], [false, 0], tab);
    }
    assert.ok((await page.locator('.odd').count()) > 0);
    await calm();
  });
}

test('thousands of dependencies are all found, and not all laid out', async () => {
  const { page, calm } = await open(browser, single);
  const many = Array.from({ length: 4000 }, (_, at) => ({ name: `dep-${at}`, uri: `pkg:cargo/dep-${at}@1.0.0`, digest: { sha256: 'ab'.repeat(32) } }));
  await choose(page, changed((_, build) => (build.resolvedDependencies = many)));
  await verdict(page);
  await page.locator('#tab-dependencies').click();
  assert.equal(await page.locator('.table-row').count(), 1000);
  await page.getByLabel('Find').fill('dep-3999');
  assert.deepEqual(await page.locator('.table-name').allTextContents(), ['dep-3999']);
  await page.getByLabel('Find').fill('');
  await page.getByRole('button', { name: 'Show the other 3000 as well' }).click();
  assert.equal(await page.locator('.table-row').count(), 4000);
  await calm();
});

const WRONG = {
  'another type of list': (_, build) => (build.resolvedDependencies = 'x'),
  'entries of other types': (_, build) => (build.resolvedDependencies = [1, null, 'x', [], { name: {}, uri: [], digest: 'q' }, { digest: { sha256: 5 } }]),
  'subjects that are no list': (document) => (document.subject = { a: 1 }),
};

for (const [what, change] of Object.entries(WRONG)) {
  test(`a provenance with ${what} fails, and every view stands`, async () => {
    const { page, calm } = await open(browser, single);
    await choose(page, changed(change));
    assert.equal(await verdict(page), 'failed');
    for (const tab of TABS) {
      await page.locator(`#tab-${tab}`).click();
      assert.ok((await page.locator('[role=tabpanel]:visible').textContent()).length > 20, tab);
    }
    await calm();
  });
}

test('an archive with nothing in it, however much that is, is said to have nothing in it', async () => {
  const { page, calm } = await open(browser, single);
  await choose(page, [file('bundle.tar.gz', gzipSync(Buffer.alloc(64 << 20)))]);
  assert.match(await page.locator('.complaint').textContent(), /there is no file in it/);
  assert.ok(await page.locator('.sample').first().isVisible());
  await choose(page, [file('provenance.json', provenance), file('evidence.json', evidence), file('hello', artifact)]);
  await page.waitForSelector('.banner');
  assert.equal(await page.locator('.complaint').count(), 0);
  await calm();
});
