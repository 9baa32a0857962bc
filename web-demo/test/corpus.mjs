// Every case of the corpus in the page's own worker: one line each, `id<TAB>sha256`, and the conformance hash.
//   node corpus.mjs
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { launch, open, root, single, vectors } from './page.mjs';

const runner = readFileSync(join(root, 'verifier-wasm/test/case.mjs'), 'utf8').replaceAll('export async function', 'async function');
const { cases } = JSON.parse(readFileSync(join(vectors, 'index.json'), 'utf8'));
const browser = await launch();
const { page, calm } = await open(browser, single);
await page.exposeFunction('readVector', (path) => readFileSync(join(vectors, path)).toString('latin1'));

// The page has the verifier behind a worker; what a case needs beside it is a hash and the kind of its errors.
const answers = `async (id) => {
  ${runner}
  const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const read = async (path) => bytes(await readVector(path));
  const hashArtifact = async (data) => ({ sha256: await kettle.sha256(data), size: data.length });
  class KettleVerifyError { static [Symbol.hasInstance](error) { return error.name === 'KettleFault' && error.code !== 'internal'; } }
  return (await answer({ ...kettle, hashArtifact, KettleVerifyError }, id, read)).text;
}`;

const conformance = createHash('sha256');
for (const id of cases) {
  const text = await page.evaluate(`(${answers})(${JSON.stringify(id)})`);
  conformance.update(`${text}\n`);
  console.log(`${id}\t${createHash('sha256').update(text).digest('hex')}`);
}
await calm();
await browser.close();
console.log(`conformance ${conformance.digest('hex')}`);
