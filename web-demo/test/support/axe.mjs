// axe-core in the page, as a script of the browser's debugger: the page's policy stays as it is.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong in the page, or in one element of it: rule and places. */
export async function axe(page, within) {
  await page.evaluate(`${source}; undefined`);
  const { violations } = await page.evaluate((selector) => globalThis.axe.run(selector ?? document, { resultTypes: ['violations'] }), within);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary})`).join('; ')}`);
}
