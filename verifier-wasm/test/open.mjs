// The command and the package open the same folders, archives and loose files, sound and hostile: both give the
// same verdict, byte for byte, or refuse in the same words.
//   node open.mjs NATIVE PACKAGE_FOLDER [FILE]
// leaves in FILE what browsers are to open, and what they are to say.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { archives } from './archives.mjs';
import { opened, plain } from './opened.mjs';

const [native, folder, out] = process.argv.slice(2).map((path) => resolve(path));
const kettle = await import(pathToFileURL(join(folder, 'node.js')));
const vectors = fileURLToPath(new URL('../../testvectors/', import.meta.url));
const bundle = join(vectors, 'cases/az-snp/ok-milan');
const now = '2026-06-01T00:00:00Z';
const roots = join(vectors, 'trust-root.json');
const settings = { now, trustRoot: readFileSync(roots) };

const parts = ['provenance.json', 'evidence.json', 'artifacts/hello'];
const sound = parts.map((name) => [name, readFileSync(join(bundle, name))]);
const place = mkdtempSync(join(tmpdir(), 'kettle-open-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));
process.chdir(place);
let wrong = 0;
const complain = (words) => {
  wrong += 1;
  console.error(words);
};

/** What the command says: the verdict, or why there is none. */
function command(paths) {
  const { status, stdout, stderr } = spawnSync(native, [...paths, '--at', now, '--trust-root', roots, '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return status === 2 ? stderr.trim() : stdout.trim();
}

const lines = { refused: 0, verdicts: 0, missing: 0 };
const answers = {};
/** Both must say the same. What the command calls missing, the package tells as a list. */
async function same(name, paths, given = paths) {
  const [one, other] = [command(paths), await opened(kettle, given, settings)];
  answers[name] = plain(other);
  if (other.startsWith('missing ')) {
    lines.missing += 1;
    if (!/no `?(bundle|provenance|evidence)/.test(one)) complain(`${name}: ${other}, and the command says ${one}`);
  } else if (other.startsWith('{')) {
    lines.verdicts += 1;
    if (one !== other) complain(`${name}: another verdict\n${one.slice(0, 300)}\n${other.slice(0, 300)}`);
  } else {
    lines.refused += 1;
    const words = other.slice(other.indexOf(': ') + 2);
    // The package names a loose file without its folder.
    if (!plain(one).replaceAll('build/', '').includes(plain(words))) complain(`${name}: the command says ${one}, the package ${words}`);
  }
}

const files = archives(sound);
for (const [name, bytes] of Object.entries(files)) {
  writeFileSync(name, bytes);
  await same(name, [name]);
  const again = plain(await opened(kettle, [{ name, data: new Blob([bytes]) }], settings));
  if (again !== answers[name]) complain(`${name}: another answer from a blob: ${again.slice(0, 300)}`);
}

cpSync(bundle, 'build', { recursive: true });
mkdirSync('build/artifacts/deep/er', { recursive: true });
writeFileSync('build/artifacts/deep/er/more', 'x');
mkdirSync('build/other');
writeFileSync('build/other/file', 'x');
cpSync('build', 'project/kettle-build', { recursive: true });
writeFileSync('project/Cargo.toml', 'x');
cpSync('build', 'half', { recursive: true });
rmSync('half/evidence.json');
const loose = parts.map((name) => join('build', name));
await same('folder', ['build']);
await same('project', ['project']);
await same('half', ['half']);
await same('loose', loose);
await same('loose, reversed', [...loose].reverse());
await same('two provenances', [...loose, 'build/provenance.json']);
await same('archive and artifact', ['plain.zip', 'build/artifacts/hello']);
await same('folder and artifact', ['build', 'build/case.json']);
await same('two folders', ['build', 'project']);
await same('artifact alone', ['build/artifacts/hello']);
writeFileSync('packed.7z', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 0]));
await same('packed', ['packed.7z']);
symlinkSync('/etc/hostname', 'build/artifacts/link');
const [link] = [await opened(kettle, 'build', settings)];
if (!link.startsWith('special: ')) complain(`a link in a folder: ${link.slice(0, 200)}`);
rmSync('build/artifacts/link');

// As a page has a folder: names, and no file system.
const listed = readdirSync('build', { recursive: true }).filter((name) => statSync(join('build', name)).isFile());
const named = (prefix) => listed.map((name) => ({ name: prefix + name, data: readFileSync(join('build', name)) }));
for (const prefix of ['build/', '', 'a/kettle-build/']) {
  const said = await opened(kettle, named(prefix), settings);
  if (said !== command(['build'])) complain(`names below \`${prefix}\`: ${said.slice(0, 300)}`);
}

// What lies among loose files and was asked for by nobody is handed on.
const policy = readFileSync(join(vectors, 'policies/pinned.json'));
const beside = await kettle.openBundle([...named('').filter(({ name }) => !name.includes('/')), { name: 'p', data: policy }, { name: 'r', data: readFileSync(roots) }]);
const roles = Object.fromEntries(beside.files.map(({ name, role }) => [name, role]));
if (roles.p !== 'policy' || roles.r !== 'trust_root' || Buffer.compare(beside.policy, policy) !== 0) complain('the policy among loose files');
const inside = await kettle.openBundle([{ name: 'a.zip', data: files['policies.zip'] }]);
if (inside.policy || inside.trustRoot) complain('an archive brings its own policy');
const without = await kettle.openBundle('build', { withoutArtifacts: true });
if (without.content.artifactsMode !== 'without' || without.missing.length !== 0) complain('without artifacts');

// Every pin, policy and claim is the command's.
const from = (words) => spawnSync(native, words, { encoding: 'utf8' }).stdout;
const { content } = await kettle.openBundle(['build']);
const bare = ['--at', now, '--trust-root', roots];
const { policy: drafted } = await kettle.policyInit(content, settings, { id: 'mine', anyCommit: true });
const pairs = {
  'policy init': [drafted, from(['policy', 'init', 'build', '--id', 'mine', '--any-commit', ...bare])],
  inspect: [`${(await kettle.inspect(content, { now })).json}\n`, from(['inspect', 'build', '--json', '--at', now])],
  checks: [JSON.stringify(await kettle.checks('snp')), JSON.stringify(JSON.parse(from(['checks', '--json', '--platform', 'snp'])))],
};
for (const format of ['sha256sums', 'npm-integrity', 'nix-hash', 'cyclonedx']) {
  const pins = await kettle.emit(content, settings, format, { dangerouslyEmitUnverified: true });
  pairs[format] = [pins, from(['build', '--emit', format, '--dangerously-emit-unverified', ...bare])];
}
for (const [name, [one, other]] of Object.entries(pairs)) if (!one || one !== other) complain(`${name}: ${one}\nand not\n${other}`);
const refused = await kettle.emit(content, { now }, 'sha256sums').catch(({ code }) => code);
if (refused !== 'not_emitted') complain(`pins of what is not verified: ${refused}`);
const nothing = await kettle.policyInit(content, { now });
if (nothing.policy !== undefined || nothing.verdict.outcome !== 'failed') complain('a policy of what is not genuine');

if (out) {
  const small = Object.entries(files).filter(([, bytes]) => bytes.length < 1 << 22);
  writeFileSync(out, JSON.stringify(Object.fromEntries(small.map(([name, bytes]) => [name, { bytes: bytes.toString('base64'), said: answers[name] }]))));
}
console.log(`${lines.verdicts} verdicts, ${lines.refused} refusals, ${lines.missing} incomplete: ${wrong} differences`);
process.exitCode = wrong === 0 && lines.verdicts > 20 && lines.refused > 80 ? 0 : 1;
