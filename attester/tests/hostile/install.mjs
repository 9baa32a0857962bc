// An install script that tries what none may do. `attack NAME: done …` is one that worked.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';

const [port, marker, secret] = fs.readFileSync('given', 'utf8').trim().split('\n');

const tell = (name, done) => console.log(`attack ${name}: ${done.length === 0 ? 'stopped' : `done ${done.join(' ')}`}`);
const works = (what) => {
  try {
    what();
    return true;
  } catch {
    return false;
  }
};
const all = (list, what) => list.filter((one) => works(() => what(one)));

tell('quote devices', all(
  ['/dev/sev-guest', '/dev/tdx_guest', '/dev/tpm0', '/dev/tpmrm0', '/dev/nsm', '/sys/kernel/config', '/run/dstack.sock', '/var/run/tappd.sock'],
  (path) => fs.statSync(path),
));
tell('files of the machine', all([secret, '/etc/shadow', '/root', '/proc/1/mem', '/proc/1/environ'], (path) => fs.openSync(path)));
tell('what was checked', all(['/build/checked/planted', '/build/vendor/planted', '/run/kettle-attest', '/build/provenance.json', '/etc/passwd', '/usr/bin/planted', process.execPath], (path) => fs.writeFileSync(path, 'planted')));
tell('archives that were checked', all(fs.readdirSync('/build/checked').map((name) => `/build/checked/${name}`), (path) => fs.renameSync(path, `${path}.moved`)));
tell('signal to the first process', all([1], (process_) => process.kill(process_, 'SIGKILL')));
tell('another user', all([0], (user) => process.setuid(user)));
tell('a link to a file of the machine', all(['/usr/bin/env'], (path) => fs.linkSync(path, '/build/output/linked.tgz')));

const connects = (options) => new Promise((resolve) => {
  const socket = net.connect({ ...options, timeout: 2000 }, () => resolve(['connected']));
  socket.on('error', () => resolve([]));
  socket.on('timeout', () => resolve([]));
});
tell('network of the machine', await connects({ host: '127.0.0.1', port: Number(port) }));
tell('internet', await connects({ host: '192.0.2.1', port: 443 }));

// Whatever is left after this must not change what is attested.
works(() => fs.symlinkSync('/etc/passwd', '/build/output/linked.tgz'));
for (const name of ['package-lock.json', 'requirements.txt']) {
  if (fs.existsSync(name)) fs.writeFileSync(name, fs.readFileSync(name, 'utf8').replace('hello', 'other'));
}
const script = `: ${marker}; while :; do echo changed >> /build/output/hello-1.0.0.tgz; echo x > /build/output/late.tgz; sleep 0.05; done`;
spawn('setsid', ['sh', '-c', script], { detached: true, stdio: 'ignore' }).unref();
