// The commands that the page shows beside each link are run, and must find what the verdict says.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { appraise } from 'kettle-verify';

import { opened } from './support/corpus.mjs';
import { load } from './support/load.mjs';

const { seen, wholeScript } = await load('recompute/index.ts');
const { RECIPES } = await load('recompute/recipes.ts');
const { word } = await load('recompute/shell.ts');

const CASES = [
  'snp/ok-milan', 'snp/ok-genoa', 'snp/ok-turin', 'snp/ok-vlek', 'gcp-snp/ok-milan', 'az-snp/ok-milan', 'tdx/ok-version-4', 'tdx/ok-td15ex',
  'tdx/ok-authentication-empty', 'tdx/ok-zeros-after', 'az-tdx/ok', 'dstack/ok', 'nitro/ok', 'nitro/ok-long-lengths', 'nitro/ok-tagged',
  'bundle/ok-f0-cargo', 'bundle/ok-f0-nix', 'bundle/ok-f1-azure', 'bundle/ok-minified-f0', 'bundle/ok-many-dependencies', 'artifacts/ok-path',
  'artifacts/ok-loose', 'attestable/ok', 'attestable/ok-other-name', 'tee-compile/ok',
];

/** Writes the bundle as its folder, runs the script in it, and gives back what it printed. */
function run(bundle, script) {
  const folder = mkdtempSync(join(tmpdir(), 'kettle-'));
  try {
    const { content } = bundle.opened;
    if (content.provenance) writeFileSync(join(folder, 'provenance.json'), content.provenance);
    writeFileSync(join(folder, bundle.name ?? 'evidence.json'), content.evidence);
    if (bundle.settings.trustRoot) writeFileSync(join(folder, 'trust-root.json'), bundle.settings.trustRoot);
    for (const { name, data } of bundle.artifacts) {
      const path = join(folder, content.artifactsMode === 'folder' ? 'artifacts' : '.', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, data);
    }
    const { status, stdout, stderr } = spawnSync('bash', ['-eu', '-o', 'pipefail', '-c', script], { cwd: folder, encoding: 'utf8' });
    return { status, stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The value of an end; the far end of a subject is its place in the provenance. */
function value(text) {
  return text.replace(/^.* of /, '');
}

for (const id of CASES) {
  test(`each link of ${id} is recomputed by its command`, async () => {
    const bundle = await opened(id);
    const { links } = seen(bundle.verdict, bundle.opened, true);
    assert.ok(links.length >= 5, `${links.length} links`);
    for (const { link, script, spans } of links) {
      assert.notEqual(script, '', `${link.from} → ${link.to} has no command`);
      const { status, stdout, stderr } = run(bundle, script);
      assert.equal(status, 0, `${link.from} → ${link.to}\n${script}\n${stdout}${stderr}`);
      assert.ok(stdout.includes(value(link.left)), `${link.from}: ${link.left}\n${script}\n${stdout}`);
      assert.ok(stdout.includes(value(link.right)), `${link.to}: ${link.right}\n${script}\n${stdout}`);
      for (const { part, from, to } of spans) assert.ok(from < to, `${part} ${from} ${to}`);
    }
    assert.equal(run(bundle, wholeScript(links)).status, 0);
  });
}

const GENUINE = join(process.env.KETTLE_VECTORS ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url)), 'kettle');

for (const name of ['lunal-kettle/fixtures/ripgrep', 'lunal-kettle/fixtures/alejandra', 'confidentialdotai-kettle/fixtures/ripgrep']) {
  const folder = join(GENUINE, name);
  test(`a genuine bundle, ${name}`, { skip: !existsSync(folder) && 'genuine evidence is not there' }, async () => {
    const content = { provenance: readFileSync(join(folder, 'provenance.json')), evidence: readFileSync(join(folder, 'evidence.json')) };
    const settings = { now: '2026-08-01T00:00:00Z' };
    const bundle = { verdict: await appraise(content, settings), settings, artifacts: [], opened: { content, files: [], missing: [] } };
    const { links } = seen(bundle.verdict, bundle.opened, false);
    // Without a trust-root file the vendor's keys are fetched from the vendor, which a test can't.
    const local = links.filter(({ script }) => !script.includes('curl'));
    assert.equal(local.length, links.length - 2);
    for (const { link, script } of local) {
      const { status, stdout, stderr } = run(bundle, script);
      assert.equal(status, 0, `${link.from} → ${link.to}\n${script}\n${stdout}${stderr}`);
      assert.ok(stdout.includes(value(link.left)) && stdout.includes(value(link.right)), `${link.from} → ${link.to}`);
    }
  });
}

test('a changed byte makes the commands of its link fail', async () => {
  const bundle = await opened('snp/ok-milan');
  const { links } = seen(bundle.verdict, bundle.opened, true);
  const evidence = JSON.parse(bundle.opened.content.evidence.toString());
  const report = Buffer.from(evidence.evidence.attestation_report, 'base64');
  report[0x90] ^= 1;
  evidence.evidence.attestation_report = report.toString('base64');
  bundle.opened.content.evidence = Buffer.from(JSON.stringify(evidence));
  const signed = links.find(({ link }) => link.from === 'report');
  assert.notEqual(run(bundle, signed.script).status, 0);
  const bound = links.find(({ link }) => link.from === 'provenance.json');
  assert.equal(run(bundle, bound.script).status, 0, 'the other links hold as before');
});

test('commands are for checks that there are', async () => {
  const checks = JSON.parse(readFileSync(new URL('../../schema/checks.json', import.meta.url)));
  const ids = checks.map(({ id }) => id);
  for (const id of Object.keys(RECIPES)) assert.ok(ids.includes(id), id);
});

test('names of the input are one word of a command', () => {
  const names = ['plain', 'two words', "it's", '$(touch x)', '`id`', '-rf', 'a\nb', '\u202etxt.exe', 'back\\slash', '"; rm -rf ~', '\u0000nul'.slice(1), 'ключ', '*', '~'];
  for (const name of names) {
    assert.equal(execFileSync('bash', ['-c', `printf %s ${word(name)}`], { encoding: 'utf8' }), name);
  }
});
