// The native command and the package's, side by side: output, errors and exit codes are the same bytes.
//   node command.mjs NATIVE PACKAGE_FOLDER
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [native, folder] = process.argv.slice(2).map((path) => resolve(path));
const vectors = fileURLToPath(new URL('../../testvectors/', import.meta.url));
const at = ['--at', '2026-06-01T00:00:00Z'];
const own = [...at, '--trust-root', '../trust-root.json'];
const { cases } = JSON.parse(readFileSync(join(vectors, 'index.json')));
const first = (start) => cases.find((id) => id.startsWith(start));
const [sound, failing] = [first('az-snp/ok'), first('snp/s')];
const scratch = mkdtempSync(join(tmpdir(), 'kettle-'));

const invocations = [
  ['--help'], ['-h'], ['--version'], [], ['--bad'], ['policy', '--help'], ['evidence', '--help'],
  ['checks'], ['checks', '--json'], ['completions', 'bash'], ['man'],
  ['nowhere', ...at], ['.', ...at], ['az-snp', ...at], [sound, '--at', 'today'],
  [sound, ...own], [sound, ...own, '--json'], [sound, ...own, '--explain'], [sound, ...own, '--color', 'always'],
  [sound, ...own, '--quiet'], [failing, ...own], [failing, ...own, '--json'], [sound, ...at],
  [join(vectors, 'cases', sound), ...own], [`../cases/${sound}`, ...own],
  [`${sound}/provenance.json`, `${sound}/evidence.json`, ...own],
  [sound, ...own, '--policy', `${sound}/provenance.json`], [sound, ...own, '--policy', 'nowhere.json'],
  [sound, ...own, '--nonce', '00'], [sound, ...own, '--without-artifacts'],
  ['inspect', sound, ...at], ['inspect', sound, ...at, '--json'],
  ['policy', 'init', sound, ...own], ['policy', 'init', sound, ...own, '--output', 'provenance.json/x'],
  ['policy', 'check', '../policies/nowhere.json'], ['evidence', `${sound}/evidence.json`, ...own],
];

const run = (program, words) => {
  const options = { cwd: join(vectors, 'cases'), encoding: 'utf8', env: { ...process.env, TMPDIR: scratch }, maxBuffer: 1 << 26 };
  const { status, stdout, stderr } = spawnSync(program, words, options);
  return { status, stdout, stderr };
};
let wrong = 0;
const codes = new Set();
for (const words of invocations) {
  const [one, other] = [run(native, words), run(process.execPath, [join(folder, 'bin/kettle-verify.mjs'), ...words])];
  codes.add(one.status);
  for (const part of ['status', 'stdout', 'stderr']) {
    if (one[part] === other[part]) continue;
    wrong += 1;
    console.error(`${words.join(' ')}: ${part}\n--- native\n${String(one[part]).slice(0, 400)}\n--- package\n${String(other[part]).slice(0, 400)}`);
  }
}
rmSync(scratch, { recursive: true });
console.log(`${invocations.length} invocations, exit codes ${[...codes].sort().join(', ')}, ${wrong} differences`);
process.exitCode = wrong === 0 && codes.size >= 4 ? 0 : 1;
