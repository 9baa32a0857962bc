// The element in a registry's page, under the policy that its README asks for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { appraise } from 'kettle-verify';

import { axe } from './support/axe.mjs';
import { opened } from './support/corpus.mjs';
import { launch, root, vectors } from './page.mjs';

const read = (path) => readFileSync(join(root, path));
const CASE = join(vectors, 'cases/snp/ok-milan');
const FILES = {
  '/example.html': ['text/html', read('web-demo/element/example.html')],
  '/example.css': ['text/css', read('web-demo/element/example.css')],
  '/example.js': ['text/javascript', read('web-demo/element/example.js')],
  '/kettle-verify.js': ['text/javascript', read('target/web/element/kettle-verify.js')],
  '/bundle/provenance.json': ['application/json', readFileSync(join(CASE, 'provenance.json'))],
  '/bundle/evidence.json': ['application/json', readFileSync(join(CASE, 'evidence.json'))],
  '/bundle/hello': ['application/octet-stream', readFileSync(join(CASE, 'artifacts/hello'))],
  '/bundle/policy.json': ['application/json', readFileSync(join(vectors, 'policies/pinned.json'))],
  '/bundle/trust-root.json': ['application/json', readFileSync(join(vectors, 'trust-root.json'))],
};

let browser;
let server;
let address;

before(async () => {
  browser = await launch();
  server = createServer((request, response) => {
    const [type, body] = FILES[request.url] ?? [];
    response.writeHead(body ? 200 : 404, { 'content-type': type ?? 'text/plain' }).end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  address = `http://127.0.0.1:${server.address().port}`;
});

after(async () => {
  await browser.close();
  server.close();
});

/** Opens the example; `calm` fails if the page asked for anything else or complained. */
async function open(options = {}) {
  const page = await browser.newPage({ reducedMotion: 'reduce', ...options });
  const wrong = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!/^blob:/.test(url) && !FILES[url.replace(address, '')]) wrong.push(`asked for ${url}`);
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (line) => {
    if (['error', 'warning'].includes(line.type())) wrong.push(line.text());
  });
  // No icon, which the browser would ask for by itself.
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
  FILES['/favicon.ico'] ??= ['image/x-icon', Buffer.alloc(0)];
  await page.goto(`${address}/example.html`);
  await page.waitForFunction(() => document.querySelector('kettle-verify').verdict);
  const calm = async (expected = []) => {
    assert.deepEqual(wrong.filter((one) => !expected.some((pattern) => pattern.test(one))), []);
    await page.close();
  };
  return { page, calm };
}

/** Changes the element and gives back the next event of this name. */
function told(page, name, change) {
  return page.evaluate(
    ([event, code]) =>
      new Promise((done) => {
        document.addEventListener(event, ({ detail }) => done(detail), { once: true });
        new Function('element', code)(document.querySelector('kettle-verify'));
      }),
    [name, change],
  );
}

test('the example verifies in the reader\'s browser, under the policy of the README', async () => {
  const [, policy] = /```http\nContent-Security-Policy: ([^\n]*)\n```/.exec(read('web-demo/element/README.md').toString());
  assert.ok(FILES['/example.html'][1].toString().includes(`content="${policy}"`));
  const { page, calm } = await open();
  const bundle = await opened('snp/ok-milan');
  const { json } = await appraise({ ...bundle.opened.content, artifactsMode: 'loose' }, bundle.settings);
  assert.equal(await page.evaluate(() => document.querySelector('kettle-verify').verdict.json), json);
  assert.equal(await page.locator('#badge').textContent(), 'In your browser, just now: verified');
  assert.equal(await page.locator('kettle-verify .banner').getAttribute('data-outcome'), 'verified');
  assert.match(await page.locator('kettle-verify .banner').textContent(), /TEST ROOT/);
  assert.deepEqual(await page.locator('kettle-verify [role=tab]').allTextContents(), ['Overview', 'Chain', 'Dependencies']);
  await page.getByRole('tab', { name: 'Chain' }).click();
  assert.ok((await page.locator('kettle-verify .link').count()) >= 6);
  assert.equal(new URL(page.url()).hash, '', 'the address is the page\'s');
  await assert.rejects(page.addScriptTag({ content: 'globalThis.stranger = true' }), 'the policy is in force');
  await calm([/Content Security Policy|TrustedScript/]);
});

test('no verdict is taken from anybody', async () => {
  const { page, calm } = await open();
  const after = await page.evaluate(() => {
    'use strict';
    const element = document.querySelector('kettle-verify');
    const forged = { outcome: 'failed', json: '{}' };
    let refused = false;
    try {
      element.verdict = forged;
    } catch {
      refused = true;
    }
    for (const part of [element.verdict, element.verdict.checks, element.verdict.checks[0]]) refused &&= Object.isFrozen(part);
    element.setAttribute('verdict', JSON.stringify(forged));
    element.setAttribute('outcome', 'failed');
    element.dispatchEvent(new CustomEvent('kettle-verdict', { detail: { verdict: forged } }));
    return { refused, outcome: element.verdict.outcome };
  });
  assert.deepEqual(after, { refused: true, outcome: 'verified' });
  assert.equal(await page.locator('kettle-verify .banner').getAttribute('data-outcome'), 'verified');
  await calm();
});

test('what the page around sets does not come in', async () => {
  const { page, calm } = await open();
  const looks = () =>
    page.evaluate(() => {
      const drawn = document.querySelector('kettle-verify').shadowRoot.querySelectorAll('.banner, .banner h1, .button, .status, code, .tabs button');
      const kept = ['color', 'fontFamily', 'fontSize', 'letterSpacing', 'textTransform', 'lineHeight', 'textAlign', 'display', 'visibility', 'paddingTop'];
      return [...drawn].map((one) => kept.map((name) => getComputedStyle(one)[name]).join());
    });
  const before = await looks();
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`html { font-size: 62.5%; } .banner, .panel { display: none; }
      * { color: red; font: 40px/3 cursive; letter-spacing: 3px; text-transform: uppercase; text-align: right; visibility: hidden; direction: rtl; }`);
    document.adoptedStyleSheets = [sheet];
  });
  assert.deepEqual(await looks(), before);
  await calm();
});

test('several on one page have each its verdict and its views, and one worker', async () => {
  const { page, calm } = await open();
  await page.evaluate(() => {
    const other = document.querySelector('kettle-verify').cloneNode();
    other.removeAttribute('policy');
    document.querySelector('main').append(other);
  });
  await page.waitForFunction(() => [...document.querySelectorAll('kettle-verify')].every(({ verdict }) => verdict));
  const said = () => page.evaluate(() => [...document.querySelectorAll('kettle-verify')].map(({ verdict, shadowRoot }) => [verdict.outcome, shadowRoot.querySelector('[aria-selected=true]').textContent, shadowRoot.querySelectorAll('.next').length]));
  assert.deepEqual(await said(), [['verified', 'Overview', 1], ['unpinned', 'Overview', 0]], 'there is no way to a view that is not offered');
  await page.getByRole('button', { name: 'Follow the chain' }).click();
  assert.deepEqual(await said(), [['verified', 'Chain', 1], ['unpinned', 'Overview', 0]]);
  assert.equal(new URL(page.url()).hash, '');
  assert.equal(page.workers().length, 1);
  await calm();
});

test('a changed file is refused, and a missing one leaves no verdict', async () => {
  const { page, calm } = await open();
  FILES['/bundle/other/hello'] = ['application/octet-stream', Buffer.from('another file')];
  const other = await told(page, 'kettle-verdict', "element.setAttribute('src', './bundle/provenance.json ./bundle/evidence.json ./bundle/other/hello')");
  assert.equal(other.verdict.outcome, 'failed');
  assert.equal(await page.locator('#badge').textContent(), 'In your browser, just now: failed');
  const fault = await told(page, 'kettle-fault', "element.setAttribute('src', './bundle/absent')");
  assert.equal(fault.code, 'fetch');
  assert.equal(await page.evaluate(() => document.querySelector('kettle-verify').verdict), undefined);
  assert.equal(await page.locator('kettle-verify .banner').count(), 0);
  await calm([/absent/, /404/]);
});

test('files and policy can be handed over, and the element can move', async () => {
  const { page, calm } = await open();
  const unpinned = await told(page, 'kettle-verdict', "element.removeAttribute('policy')");
  assert.equal(unpinned.verdict.outcome, 'unpinned');
  const handed = await told(
    page,
    'kettle-verdict',
    `(async () => {
      const names = ['provenance.json', 'evidence.json', 'hello'];
      const files = await Promise.all(names.map(async (name) => new File([await (await fetch('./bundle/' + name)).blob()], name)));
      element.policy = await (await fetch('./bundle/policy.json')).text();
      element.files = files;
    })()`,
  );
  assert.equal(handed.verdict.outcome, 'verified');
  const moved = await told(page, 'kettle-verdict', 'const place = element.parentNode; element.remove(); place.append(element);');
  assert.equal(moved.verdict.outcome, 'verified');
  await calm();
});

test('in a narrow place of a wide page nothing sticks out', async () => {
  const { page, calm } = await open({ viewport: { width: 1280, height: 900 } });
  for (const width of [1000, 600, 340]) {
    await page.evaluate((pixels) => (document.querySelector('kettle-verify').style.width = `${pixels}px`), width);
    for (const tab of ['Overview', 'Chain', 'Dependencies']) {
      await page.getByRole('tab', { name: tab }).click();
      const over = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.querySelector('kettle-verify');
        return scrollWidth - clientWidth;
      });
      assert.ok(over <= 0, `${tab} at ${width}: ${over}`);
    }
  }
  await page.getByRole('tab', { name: 'Chain' }).click();
  const [link, detail] = await Promise.all(['.link', '.link-detail:not([hidden])'].map((one) => page.locator(`kettle-verify ${one}`).first().boundingBox()));
  assert.ok(detail.y >= link.y + link.height / 2, 'the details stand below the link, as on a phone');
  await calm();
});

test('nobody is kept out: axe finds nothing, in light and dark', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { page, calm } = await open({ colorScheme });
    await page.evaluate(() => document.querySelector('kettle-verify').shadowRoot.querySelector('.answer').append(document.createElement('button')));
    assert.match((await axe(page, 'kettle-verify')).join(), /button-name/, 'axe looks into the element');
    await page.evaluate(() => document.querySelector('kettle-verify').shadowRoot.querySelector('.answer > button').remove());
    for (const tab of ['Overview', 'Chain', 'Dependencies']) {
      await page.getByRole('tab', { name: tab }).click();
      assert.deepEqual(await axe(page, 'kettle-verify'), [], `${tab}, ${colorScheme}`);
    }
    await calm();
  }
});
