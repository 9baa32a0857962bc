// Runs the corpus through the package in Node, and prints one line for each case, `id<TAB>sha256`, and the
// conformance hash at the end:
//   node corpus.mjs PACKAGE_FOLDER
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { answer } from './case.mjs';

const vectors = fileURLToPath(new URL('../../testvectors/', import.meta.url));
const kettle = await import(pathToFileURL(join(resolve(process.argv[2]), 'node.js')));
const read = (path) => readFileSync(join(vectors, path));
const { cases } = JSON.parse(read('index.json'));
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const conformance = createHash('sha256');
let wrong = 0;

for (const id of cases) {
  const { text, found } = await answer(kettle, id, read);
  const { exit_code: _, ...known } = JSON.parse(read(`cases/${id}/expected.json`));
  delete found.exit_code;
  if (!isDeepStrictEqual(found, known)) {
    wrong += 1;
    console.error(`${id}: ${found.outcome} by \`${found.decided_by}\` and not ${known.outcome} by \`${known.decided_by}\``);
  }
  conformance.update(`${text}\n`);
  console.log(`${id}\t${sha256(text)}`);
}
console.log(`conformance ${conformance.digest('hex')}`);
process.exitCode = wrong === 0 ? 0 : 1;
