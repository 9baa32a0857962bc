// The tarball in an empty folder: the README's own lines run as they stand, `require` and `npx` work.
//   node install.mjs FOLDER_OF_THE_TARBALL
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const from = resolve(process.argv[2]);
const tarball = join(from, readdirSync(from).find((name) => name.endsWith('.tgz')));
const vectors = fileURLToPath(new URL('../../testvectors/', import.meta.url));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const [, lines] = /```js\n(.*?)```/s.exec(readme);
const { cases } = JSON.parse(readFileSync(join(vectors, 'index.json')));
const sample = cases.find((id) => id.startsWith('az-snp/ok'));

const folder = mkdtempSync(join(tmpdir(), 'kettle-install-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const options = { cwd: folder, encoding: 'utf8' };
execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], options);
cpSync(join(vectors, 'cases', sample), join(folder, 'kettle-build'), { recursive: true });
const [artifact] = readdirSync(join(folder, 'kettle-build/artifacts'));

writeFileSync(join(folder, 'readme.mjs'), lines.replaceAll('rg', artifact));
const said = execFileSync('node', ['readme.mjs'], options);
const required = `const { appraise, KettleVerifyError } = require('kettle-verify');
appraise({ evidence: '{}' }).then(({ checks }) => console.log(checks.length > 0));
appraise({ evidence: '{}' }, { now: 'today' }).catch((error) => console.log(error instanceof KettleVerifyError, error.code));`;
const common = execFileSync('node', ['-e', required], options);
const npx = spawnSync('npx', ['--no-install', 'kettle-verify', 'kettle-build', '--json'], options);

const first = said.split(' ')[0];
const [native] = [JSON.parse(npx.stdout).outcome];
const sound = first === native && common === 'true now\ntrue\n' || common === 'true\ntrue now\n';
console.log(`README: ${said.split('\n')[0]}\nrequire: ${common.trim().replace('\n', ', ')}\nnpx: ${native}, exit code ${npx.status}`);
process.exitCode = sound && first === native ? 0 : 1;
