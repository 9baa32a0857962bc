// Nothing leaves: the policy binds the page and its worker, offline it starts again, and it says what it sent.
import { test } from 'node:test';

import { assert, choose, filesOf, launch, open, serve, single, verdict } from './page.mjs';

const browser = await launch();
const host = await serve();
test.after(async () => {
  host.close();
  await browser.close();
});

const TRIES = `async (address) => {
  const tries = {
    fetch: () => fetch(address),
    request: () => new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.onload = done;
      request.onerror = () => fail(new Error('refused'));
      request.open('GET', address);
      request.send();
    }),
    socket: () => new Promise((done, fail) => {
      const socket = new WebSocket(address.replace('http', 'ws'));
      socket.onopen = done;
      socket.onerror = () => fail(new Error('refused'));
    }),
  };
  const through = [];
  for (const [name, attempt] of Object.entries(tries)) {
    try { await attempt(); through.push(name); } catch {}
  }
  return through;
}`;

for (const [where, address] of [['from a host', host.address], ['from a file', single]]) {
  test(`${where}, neither page nor worker can connect to anything`, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForFunction(() => globalThis.kettle);
    await page.evaluate(() => globalThis.kettle.version());
    const target = `${host.address}exfiltrated`;
    assert.deepEqual(await page.evaluate(`(${TRIES})(${JSON.stringify(target)})`), []);
    assert.equal(page.workers().length, 1);
    assert.deepEqual(await page.workers()[0].evaluate(`(${TRIES})(${JSON.stringify(target)})`), []);
    assert.deepEqual(host.strange, []);
    assert.match(await page.locator('.sent').textContent(), /Bytes sent: 0; stopped: [1-9]/);
    await context.close();
  });

  test(`${where}, a text can't become a script`, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address);
    const refused = await page.evaluate(() => {
      const tries = [
        () => (document.createElement('div').innerHTML = '<b>x</b>'),
        () => new Worker('blob:x'),
        () => globalThis.trustedTypes.createPolicy('kettle', {}),
        () => globalThis.trustedTypes.createPolicy('other', {}),
      ];
      return tries.filter((attempt) => {
        try {
          attempt();
          return false;
        } catch {
          return true;
        }
      }).length;
    });
    assert.equal(refused, 4);
    // Later, since what the test itself evaluates is exempt.
    const evaluated = await page.evaluate(() => new Promise((done) => setTimeout(() => {
      try {
        done(new Function('return "through"')());
      } catch {
        done('refused');
      }
    })));
    assert.equal(evaluated, 'refused');
    await context.close();
  });
}

test('it is kept for use offline, and starts again without its host', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(host.address);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await page.reload();
  await choose(page, filesOf('az-snp/ok-milan', false));
  assert.equal(await verdict(page), 'failed');
  await context.close();
});

test('files that were chosen before its script came are taken', async () => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const held = new Promise((release) => page.route(/index-[^/]*\.js$/, (route) => release(() => route.continue())));
  await page.goto(host.address, { waitUntil: 'commit' });
  await choose(page, filesOf('az-snp/ok-milan', false));
  (await held)();
  assert.equal(await verdict(page), 'failed');
  await context.close();
});

test('it says that it sent nothing', async () => {
  const { page, calm } = await open(browser, host.address);
  await choose(page, filesOf('az-snp/ok-milan', false));
  await verdict(page);
  assert.equal(await page.locator('.sent').textContent(), 'Bytes sent: 0');
  await calm();
});
