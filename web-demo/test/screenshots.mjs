// The pictures of the README: each outcome, light, dark and on a phone.
//   node screenshots.mjs [FOLDER]
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CASES } from './cases.mjs';
import { choose, filesOf, launch, open, single, trustAll, verdict } from './page.mjs';

const SIZES = {
  light: { viewport: { width: 1120, height: 780 }, colorScheme: 'light' },
  dark: { viewport: { width: 1120, height: 780 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
};

const folder = resolve(process.argv[2] ?? join(fileURLToPath(new URL('..', import.meta.url)), 'screenshots'));
mkdirSync(folder, { recursive: true });
const browser = await launch(['--hide-scrollbars']);

async function shoot(name, size, prepare) {
  const { page, calm } = await open(browser, single, size);
  await prepare(page);
  // What was pressed last is not what the picture is of.
  await page.evaluate(() => {
    document.activeElement?.blur();
    requestAnimationFrame(() => scrollTo(0, 0));
  });
  await page.waitForFunction(() => scrollY === 0);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await calm();
}

for (const [look, size] of Object.entries(SIZES)) {
  await shoot(`start-${look}`, size, async () => undefined);
  for (const [outcome, id] of Object.entries(CASES)) {
    await shoot(`${outcome}-${look}`, size, async (page) => {
      await choose(page, filesOf(id));
      await verdict(page);
      await trustAll(page);
    });
  }
}
await browser.close();
