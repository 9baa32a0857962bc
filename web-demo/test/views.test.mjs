// The deep views: samples, chain, dependencies, comparison, tamper lab.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { SAMPLES } from '../build/samples.mjs';
import { assert, choose, filesOf, launch, open, outcome, serve, single, trustAll, vectors, verdict } from './page.mjs';
import { opened as judged } from './support/corpus.mjs';

const browser = await launch();
const host = await serve();
test.after(async () => {
  host.close();
  await browser.close();
});

const expected = (id) => JSON.parse(readFileSync(join(vectors, 'cases', id, 'expected.json'), 'utf8'));
const provenance = (id) => JSON.parse(readFileSync(join(vectors, 'cases', id, 'provenance.json'), 'utf8'));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Opens the page, takes a sample, and goes to a view of it. */
async function sample(id, tab, address = single, options = {}) {
  const [, title] = SAMPLES.find(([one]) => one === id);
  const held = await open(browser, address, options);
  await held.page.locator('.sample').filter({ has: held.page.locator('strong', { hasText: new RegExp(`^${title}$`) }) }).click();
  await held.page.waitForSelector('.banner');
  if (tab) await held.page.getByRole('tab', { name: tab }).click();
  return held;
}

for (const [id, title] of SAMPLES) {
  test(`the sample ${title} is what the corpus says of it`, async () => {
    const { page, calm } = await sample(id);
    assert.equal(await outcome(page), expected(id).outcome);
    assert.match(await page.locator('.banner').textContent(), /TEST ROOT/);
    await calm();
  });
}

test('from a host, samples are a file of the page, read when one is asked for', async () => {
  const { page, context, calm } = await open(browser, host.address);
  await context.setOffline(false);
  await page.locator('.sample').first().click();
  await page.waitForSelector('.banner');
  assert.equal(await outcome(page), 'verified');
  await calm();
});

test('samples that can\'t be had are said to be so', async () => {
  const { page, context } = await open(browser, host.address, { serviceWorkers: 'block' });
  await page.locator('.sample').first().click();
  assert.match(await page.locator('.samples [role=alert]').textContent(), /can't reach its own host/);
  await context.close();
});

for (const id of ['snp/ok-milan', 'az-snp/ok-milan', 'tdx/ok-version-4', 'nitro/ok']) {
  test(`the chain of ${id} shows both values of each link, their bytes and commands`, async () => {
    const { verdict: wanted } = await judged(id);
    const { page, calm } = await sample(id, 'Chain');
    assert.equal(await page.locator('.link').count(), wanted.links.length);
    for (const [at, link] of wanted.links.entries()) {
      await page.locator('.link').nth(at).click();
      const detail = page.locator('.link-detail:visible');
      assert.deepEqual(await detail.locator('.link-pair code').allTextContents(), [link.left, link.right]);
      const text = await detail.textContent();
      for (const check of wanted.checks.filter(({ id }) => link.checks.includes(id))) {
        assert.ok(text.includes(check.id) && text.includes(check.clause) && text.includes(check.title.replaceAll('`', '')), check.id);
      }
      assert.ok((await detail.locator('.command pre').textContent()).length > 20, link.from);
    }
    await calm();
  });
}

test('the marked bytes are the digest that the hardware attests', async () => {
  const digest = sha256(readFileSync(join(vectors, 'cases/az-snp/ok-milan/provenance.json')));
  const { page, calm } = await sample('az-snp/ok-milan', 'Chain');
  await page.locator('.link').nth(2).click();
  const marked = await page.locator('.link-detail:visible .hex-bytes [data-mark="0"]').allTextContents();
  assert.equal(marked.join('').replaceAll(' ', ''), digest);
  await calm();
});

test('all bytes can be unfolded', async () => {
  const { page, calm } = await sample('snp/ok-milan', 'Chain');
  await page.getByRole('button', { name: 'All bytes' }).click();
  const bytes = readFileSync(join(vectors, 'cases/snp/ok-milan/provenance.json'));
  const shown = await page.locator('.hex-bytes').allTextContents();
  assert.equal(shown.join('').replaceAll(' ', ''), bytes.toString('hex'));
  await calm();
});

test('the card of the machine says how old certificates and lists are', async () => {
  const { page, calm } = await sample('tdx/ok-version-4', 'Overview');
  // The lists were minted for the 15th of May, the TCB info for the 20th; the sample is judged on the 1st of June.
  const card = await page.locator('.card', { hasText: 'How old they are' }).textContent();
  assert.match(card, /17 days, from 2026-05-15 until 2026-06-14: the root's revocation list is current/);
  assert.match(card, /12 days, from 2026-05-20 until 2026-06-19: the TCB info and its signer are current/);
  await calm();
});

test('a revocation list of AMD says how old it is', async () => {
  const { page, calm } = await open(browser, host.address);
  await choose(page, [...filesOf('snp/ok-crl'), join(vectors, 'cases/snp/ok-crl/collateral/0.crl')]);
  await verdict(page);
  await trustAll(page);
  assert.equal(await outcome(page), 'verified');
  const card = await page.locator('.card', { hasText: 'How old they are' }).textContent();
  assert.match(card, /31 days, from 2026-05-01 until 2027-05-01: the revocation list/);
  await calm();
});

test('a broken chain says where it ends', async () => {
  const { page, calm } = await sample('bundle/p01-injected', 'Chain');
  const { checks } = expected('bundle/p01-injected');
  assert.ok(Object.values(checks).includes('fail'));
  const text = await page.locator('.chain').textContent();
  assert.ok(/The chain ends here/.test(text) || (await page.locator('.station[data-holds=false]').count()) > 0);
  await calm();
});

test('the chain is walked by keyboard', async () => {
  const { page, calm } = await sample('snp/ok-milan', 'Chain');
  await page.locator('.link').first().focus();
  for (let turn = 0; turn < 40; turn += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement.getAttribute('aria-controls') === 'link-3')) break;
  }
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.link').nth(3).getAttribute('aria-expanded'), 'true');
  assert.equal(await page.locator('#link-3').isVisible(), true);
  await calm();
});

test('all commands are saved as one script', async () => {
  const { page, calm } = await sample('snp/ok-milan', 'Chain');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save all commands' }).click()]);
  const script = readFileSync(await saved.path(), 'utf8');
  assert.match(script, /^#!\/usr\/bin\/env bash\n/);
  assert.match(script, /sha256sum provenance\.json/);
  await calm();
});

const LARGE = 'bundle/ok-many-dependencies';
const NEXT = 'bundle/ok-many-dependencies-next';

test('hundreds of dependencies are listed, found and grouped', async () => {
  const all = provenance(LARGE).predicate.buildDefinition.resolvedDependencies;
  const { page, calm } = await sample(LARGE, 'Dependencies');
  assert.equal(await page.locator('.table-row').count(), all.length);
  const uris = await page.locator('.table-uri code').allTextContents();
  assert.deepEqual([...uris].sort(), all.map(({ uri }) => uri).sort());
  const [wanted] = all.slice(100);
  await page.getByLabel('Find').fill(wanted.digest.sha256.slice(5, 25));
  assert.deepEqual(await page.locator('.table-name').allTextContents(), [wanted.name]);
  await page.getByLabel('Find').fill('larch IO');
  assert.deepEqual(await page.locator('.table-name').allTextContents(), all.map(({ name }) => name).filter((name) => name.includes('larch') && name.includes('io')));
  await page.getByLabel('Find').fill('no such thing');
  assert.equal(await page.locator('.table-row').count(), 0);
  await page.getByLabel('Find').fill('');
  await page.getByLabel('Group by').selectOption('digest');
  assert.deepEqual(await page.locator('.table-title').allTextContents(), ['gitCommit 1', `sha256 ${all.length - 1}`]);
  await calm();
});

test('two releases are compared, each with its own verdict', async () => {
  const [before, after] = [LARGE, NEXT].map((id) => {
    const list = provenance(id).predicate.buildDefinition.resolvedDependencies;
    return new Map(list.map(({ name, uri }) => [name, uri.replace(/\?.*/, '')]));
  });
  const added = [...after.keys()].filter((name) => !before.has(name)).sort();
  const removed = [...before.keys()].filter((name) => !after.has(name)).sort();
  const updated = [...after.keys()].filter((name) => before.has(name) && before.get(name) !== after.get(name)).sort();
  const { page, calm } = await sample(NEXT, 'Dependencies');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByText('Choose its files').click()]);
  await chooser.setFiles(filesOf(LARGE, false));
  await page.waitForSelector('.compared-releases');
  assert.equal(await page.locator('.compared-releases .small-verdict').getAttribute('data-outcome'), 'verified');
  const names = async (kind) => (await page.locator(`.changes[data-kind=${kind}] li bdi:first-of-type`).allTextContents()).filter(Boolean);
  const shown = async (kind) => page.locator(`.changes[data-kind=${kind}] li > bdi`).allTextContents();
  assert.ok(added.length > 3 && removed.length > 3 && updated.length > 20);
  assert.deepEqual(await shown('added'), added);
  assert.deepEqual(await shown('removed'), removed);
  assert.deepEqual(await shown('updated'), updated);
  assert.deepEqual(await shown('rehashed'), ['zephyr-local'], 'the same version from another commit');
  assert.ok((await names('rehashed')).length > 0);
  const said = await page.locator('.said').textContent();
  for (const id of ['source.commit', 'build.toolchain.rustc.version', 'build.lockfile', 'build.input_merkle_root']) assert.ok(said.includes(id), id);
  assert.ok(!said.includes('source.uri'), 'what is the same is not listed');
  await calm();
});

test('flipping a bit breaks the link that the bit belongs to', async () => {
  const { page, calm } = await sample('snp/ok-milan', 'Tamper lab');
  const links = page.locator('.lab-chain li[data-status]');
  const statuses = () => links.evaluateAll((all) => all.map((one) => one.dataset.status));
  assert.deepEqual(await statuses(), ['pass', 'pass', 'pass', 'pass', 'pass', 'pass']);
  // 0x90 is the first byte of the measurement: only the signature speaks of it.
  await page.getByLabel('Byte', { exact: true }).fill('0x90');
  await page.getByRole('button', { name: 'Flip its lowest bit' }).click();
  await page.waitForSelector('.small-verdict[data-outcome=failed]');
  assert.match(await page.locator('.lab-first').textContent(), /snp\.report\.signature/);
  assert.equal((await statuses())[3], 'fail');
  assert.deepEqual((await statuses()).slice(4), ['pass', 'pass']);
  assert.equal(await outcome(page), 'verified', 'the bundle itself is as it was');
  await page.getByRole('button', { name: 'Undo the last change' }).click();
  await page.waitForSelector('.small-verdict[data-outcome=verified]');
  await calm();
});

test('a byte is chosen by a click on it', async () => {
  const { page, calm } = await sample('nitro/ok', 'Tamper lab');
  await page.getByRole('combobox', { name: 'Of', exact: true }).selectOption('provenance.json');
  await page.locator('.tool [data-at="81"]').click();
  assert.equal(await page.getByLabel('Byte', { exact: true }).inputValue(), '0x51');
  await page.getByRole('button', { name: 'Flip its lowest bit' }).click();
  await page.waitForSelector('.small-verdict[data-outcome=failed]');
  assert.match(await page.locator('.lab-first').textContent(), /binding\.provenance_digest/);
  await page.getByLabel('Byte', { exact: true }).fill('99999999');
  assert.equal(await page.getByRole('button', { name: 'Flip its lowest bit' }).isDisabled(), true);
  await calm();
});

test('a bit of each part is refused', async () => {
  const { page, calm } = await sample('az-snp/ok-milan', 'Tamper lab');
  const parts = await page.getByRole('combobox', { name: 'Of', exact: true }).locator('option').allTextContents();
  assert.deepEqual(parts.sort(), ['evidence.json', 'hcl.bin', 'provenance.json', 'report.bin', 'runtime.json', 'tpm-quote.bin', 'tpm-quote.sig', 'vek.der']);
  for (const part of parts) {
    await page.getByRole('combobox', { name: 'Of', exact: true }).selectOption(part);
    await page.getByLabel('Byte', { exact: true }).fill('0x21');
    await page.getByRole('button', { name: 'Flip its lowest bit' }).click();
    await page.waitForSelector('.small-verdict[data-outcome=failed]');
    await page.getByRole('button', { name: 'As it was' }).click();
    await page.waitForSelector('.small-verdict[data-outcome=verified]');
  }
  await calm();
});

for (const [title, act, check] of [
  ['another file', (page) => page.getByRole('button', { name: /^Put another file/ }).click(), 'artifacts.digests'],
  ['a field more', (page) => page.getByRole('button', { name: 'Add it' }).click(), 'binding.provenance_digest'],
  ['a certificate that is too old', (page) => page.getByRole('button', { name: 'Ten years later' }).click(), 'snp.chain.vek_validity'],
  ['a certificate that is not yet valid', (page) => page.getByRole('button', { name: 'A year before' }).click(), 'snp.chain.vek_validity'],
]) {
  test(`the lab: ${title} is caught by ${check}`, async () => {
    const { page, calm } = await sample('snp/ok-milan', 'Tamper lab');
    await act(page);
    await page.waitForSelector('.small-verdict[data-outcome=failed]');
    assert.ok((await page.locator('.lab-first').textContent()).includes(check));
    await page.getByRole('button', { name: 'As it was' }).click();
    await page.waitForSelector('.small-verdict[data-outcome=verified]');
    await calm();
  });
}

test('names that deceive are shown by their numbers in every view', async () => {
  const folder = filesOf('snp/ok-milan');
  const document = provenance('snp/ok-milan');
  const { buildDefinition } = document.predicate;
  const names = ['\u202etxt.exe', 'ze\u200bro', 'pаypal', 'a\u0007b', '<img src=x onerror=alert(1)>'];
  buildDefinition.resolvedDependencies = names.map((name) => ({ name, uri: `pkg:cargo/${name}@1`, digest: { [`sha\u2066256`]: `00\u202e${name}` } }));
  buildDefinition.externalParameters[`k\u202ey`] = {};
  const { page, calm } = await open(browser, single);
  await choose(page, [
    { name: 'provenance.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(document)) },
    ...folder.slice(1, 3).map((path) => ({ name: path.split('/').at(-1), mimeType: '', buffer: readFileSync(path) })),
  ]);
  await verdict(page);
  for (const tab of ['Chain', 'Dependencies', 'Policy', 'Tamper lab']) {
    await page.getByRole('tab', { name: tab }).click();
    const text = await page.evaluate(() => {
      const attributes = [...document.querySelectorAll('main *')].flatMap((one) => [...one.attributes].filter(({ name }) => /title|label|placeholder/.test(name)).map(({ value }) => value));
      return document.querySelector('main').textContent + attributes.join('\n');
    });
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u200b\u0007]/, tab);
    if (tab === 'Dependencies') {
      for (const shown of ['\\u{202e}txt.exe', 'ze\\u{200b}ro', 'a\\u{0007}b', names[4]]) assert.ok(text.includes(shown), shown);
      assert.ok((await page.locator('.table .odd').count()) >= 4);
    }
  }
  await calm();
});

for (const tab of ['Chain', 'Dependencies', 'Policy', 'Tamper lab']) {
  test(`by keyboard alone: everything in ${tab} is reached in order, and is seen to be`, async () => {
    const { page, calm } = await sample('snp/ok-milan', tab);
    const wanted = await page.evaluate(() => {
      const some = '.view:not([hidden]) :is(button, input, select, textarea, summary, a[href], [tabindex="0"])';
      const all = [...document.querySelectorAll(some)].filter((one) => !one.disabled && one.checkVisibility({ checkOpacity: false }));
      all.forEach((one, at) => (one.dataset.order = at));
      return all.length;
    });
    assert.ok(wanted >= 4);
    await page.getByRole('tab', { name: tab }).focus();
    const reached = [];
    for (let turn = 0; turn < wanted + 5 && reached.length < wanted; turn += 1) {
      await page.keyboard.press('Tab');
      const [order, ring] = await page.evaluate(() => {
        const { activeElement: one } = document;
        const ring = [one, one.closest('label')].filter(Boolean).some((part) => getComputedStyle(part).outlineStyle !== 'none');
        return [one.dataset.order, ring];
      });
      if (order === undefined) continue;
      assert.ok(ring, `${tab} ${order}: the focus is not to be seen`);
      reached.push(Number(order));
    }
    assert.deepEqual(reached, Array.from({ length: wanted }, (_, at) => at));
    await calm();
  });
}

test('who wants no motion gets none', async () => {
  const { page, calm } = await sample('snp/ok-milan', 'Tamper lab');
  await page.getByRole('button', { name: 'Flip its lowest bit' }).click();
  await page.waitForSelector('.small-verdict[data-outcome=failed]');
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('*')].filter((one) => {
      const { transitionDuration, animationName } = getComputedStyle(one);
      return animationName !== 'none' || transitionDuration.split(',').some((time) => Number.parseFloat(time) > 0);
    }).length,
  );
  assert.equal(moving, 0);
  await calm();
});
