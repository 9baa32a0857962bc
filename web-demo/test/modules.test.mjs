// What needs no browser: places in a document, changes between releases, changes to a copy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { corpus } from './support/corpus.mjs';
import { load } from './support/load.mjs';

const { locate } = await load('pointer.ts');
const { changes, dependencies } = await load('compare.ts');
const { flipped, objects, tampered } = await load('tamper.ts');
const { partsOf } = await load('recompute/parts.ts');
const { layout } = await load('recompute/cose.ts');
const { quoteLayout } = await load('recompute/quote.ts');
const { PLACES } = await load('views/mend.tsx');

const read = (path) => new Uint8Array(readFileSync(new URL(path, corpus)));
const parse = (bytes) => JSON.parse(Buffer.from(bytes).toString());

/** Every pointer of a value, with the value. */
function* pointers(value, at = '') {
  yield [at, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) yield* pointers(inner, `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

for (const path of ['cases/bundle/ok-many-dependencies/provenance.json', 'cases/bundle/ok-minified/provenance.json', 'cases/bundle/ok-escapes/provenance.json', 'cases/az-snp/ok-milan/evidence.json']) {
  test(`each value of ${path} is found in its bytes`, () => {
    const document = read(path);
    let count = 0;
    for (const [pointer, value] of pointers(parse(document))) {
      const { from, to } = locate(document, pointer);
      assert.deepEqual(parse(document.subarray(from, to)), value, pointer);
      count += 1;
    }
    assert.ok(count > 5);
  });
}

test('odd names, odd white space, and what is not there', () => {
  const document = new TextEncoder().encode('\n{ "a/b" : [ 1 , { "~" : "x\\"}]" } ] ,\t"":null, "e":{}, "l":[] }');
  for (const [pointer, value] of pointers(parse(document))) {
    const { from, to } = locate(document, pointer);
    assert.deepEqual(parse(document.subarray(from, to)), value, pointer);
  }
  for (const absent of ['/b', '/a~1b/2', '/a~1b/1/x', '/e/x', '/l/0', 'a', '/a~1b/0/x']) assert.equal(locate(document, absent), undefined, absent);
});

test('a document that ends anywhere is read without an error and without hanging', () => {
  const whole = read('cases/snp/ok-milan/provenance.json');
  for (let size = 0; size < whole.length; size += 7) locate(whole.subarray(0, size), '/predicate/runDetails/builder/id');
  const deep = new TextEncoder().encode('['.repeat(100_000));
  assert.equal(locate(deep, '/1'), undefined);
});

test('binary parts that end anywhere are read without an error', () => {
  const quote = partsOf({ evidence: read('cases/tdx/ok-version-4/evidence.json') }).get('quote.bin').bytes;
  const document = partsOf({ evidence: read('cases/nitro/ok/evidence.json') }).get('document.cbor').bytes;
  assert.ok(quoteLayout(quote) && layout(document));
  for (let size = 0; size < 5000; size += 1) {
    quoteLayout(quote.subarray(0, size));
    layout(document.subarray(0, size));
    layout(Uint8Array.from({ length: 64 }, (_, at) => (size * 31 + at * (size % 17)) & 0xff));
  }
  for (const evidence of ['', '[]', '{}', '{"evidence":7}', '{"evidence":{"quote":"***","hcl_report":"AAAA"}}', '{"evidence":{"hcl_report":{}}}']) {
    assert.ok(partsOf({ evidence }).has('evidence.json'), evidence);
  }
});

const one = (name, version, digest) => ({ name, version, type: 'cargo', uri: `pkg:cargo/${name}@${version}`, digests: [['sha256', digest]] });
const kinds = (before, after) => changes(before, after).map(({ kind, name, before: old, after: now }) => `${kind} ${name} ${old?.version ?? ''}>${now?.version ?? ''}`);

test('changes between releases', () => {
  assert.deepEqual(kinds([one('a', '1', 'x')], [one('a', '1', 'x')]), []);
  assert.deepEqual(kinds([one('a', '1', 'x')], [one('a', '2', 'y')]), ['updated a 1>2']);
  assert.deepEqual(kinds([one('a', '1', 'x')], [one('a', '1', 'y')]), ['rehashed a 1>1']);
  assert.deepEqual(kinds([one('a', '1', 'x')], [one('b', '1', 'x')]), ['removed a 1>', 'added b >1']);
  assert.deepEqual(kinds([one('a', '1', 'x'), one('a', '2', 'y')], [one('a', '2', 'y'), one('a', '3', 'z')]), ['updated a 1>3']);
  assert.deepEqual(kinds([one('a', '1', 'x')], [one('a', '1', 'x'), one('a', '2', 'y')]), ['added a >2']);
  // A second one of the same name and version must not hide behind the first.
  assert.deepEqual(kinds([one('a', '', 'x')], [one('a', '', 'x'), one('a', '', 'evil')]), ['added a >']);
  assert.deepEqual(kinds([one('a', '', 'x'), one('a', '', 'y')], [one('a', '', 'y')]), ['removed a >']);
  assert.deepEqual(kinds([{ ...one('a', '1', 'x'), type: 'npm' }], [one('a', '1', 'x')]).length, 2);
});

test('dependencies of documents that have another form', () => {
  for (const text of ['', 'null', '{"predicate":{"buildDefinition":{"resolvedDependencies":{}}}}']) assert.deepEqual(dependencies(text), []);
  const odd = '{"predicate":{"buildDefinition":{"resolvedDependencies":[null,7,{"uri":"pkg:npm/%40scope/a@1%2B2?x=@y"},{"name":"n","uri":"https://x.example/@9","digest":"text"}]}}}';
  const [nothing, , scoped, url] = dependencies(odd);
  assert.deepEqual([nothing.name, nothing.version, nothing.digests], ['', '', []]);
  assert.deepEqual([scoped.type, scoped.version], ['npm', '1+2']);
  assert.deepEqual([url.type, url.version, url.name], ['https', '', 'n']);
});

test('a flipped bit changes that bit of its part and nothing else', () => {
  for (const id of ['az-snp/ok-milan', 'tdx/ok-version-4', 'nitro/ok', 'az-tdx/ok']) {
    const content = { provenance: read(`cases/${id}/provenance.json`), evidence: read(`cases/${id}/evidence.json`) };
    const parts = partsOf(content);
    assert.ok(parts.size >= 3, id);
    for (const [name, { bytes }] of parts) {
      const at = bytes.length >> 1;
      const changed = tampered(content, parts, [{ kind: 'flip', part: name, at, bit: 3 }]);
      assert.deepEqual(partsOf(changed).get(name).bytes, flipped(bytes, at, 3), `${id} ${name}`);
      assert.equal(Buffer.compare(content.provenance, changed.provenance) === 0, name !== 'provenance.json');
      const back = tampered(changed, parts, [{ kind: 'flip', part: name, at, bit: 3 }]);
      assert.deepEqual([back.provenance, back.evidence], [content.provenance, content.evidence], `${id} ${name}`);
    }
  }
});

test('a field is added where it was asked for', () => {
  const content = { provenance: read('cases/snp/ok-milan/provenance.json'), evidence: '{}' };
  const places = objects(content.provenance);
  assert.ok(places.includes('/predicate/buildDefinition/externalParameters') && places.includes(''));
  for (const pointer of places) {
    const { provenance } = tampered(content, new Map(), [{ kind: 'inject', pointer, name: 'a"b', value: '\u202e' }]);
    const { from, to } = locate(provenance, pointer);
    assert.equal(parse(provenance.subarray(from, to))['a"b'], '\u202e', pointer);
  }
  const none = tampered(content, new Map(), [{ kind: 'inject', pointer: '/absent', name: 'a', value: 'b' }]);
  assert.deepEqual(none.provenance, content.provenance);
});

test('each option that advice names has its place on the page', () => {
  const checks = JSON.parse(readFileSync(new URL('../schema/checks.json', corpus)));
  const named = checks.flatMap(({ mend }) => [...mend.matchAll(/`(--[a-z-]+|kettle-verify [a-z]+)`/g)].map(([, name]) => name));
  assert.deepEqual([...new Set(named)].sort(), Object.keys(PLACES).sort());
});
