// Offers the archives below /build/checked as a registry on the loopback while a command runs.
import { spawn } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';

const checked = '/build/checked';

const server = createServer((request, response) => {
  const path = normalize(join(checked, decodeURIComponent(request.url.split('?')[0])));
  try {
    if (!path.startsWith(`${checked}/`) || !statSync(path).isFile()) throw new Error('not there');
  } catch {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  createReadStream(path).pipe(response);
});

server.listen(0, '127.0.0.1', () => {
  const registry = `http://127.0.0.1:${server.address().port}/`;
  const [program, ...words] = process.argv.slice(2);
  const child = spawn(program, words, {
    env: { ...process.env, npm_config_registry: registry },
    stdio: 'inherit',
  });
  child.on('exit', (code) => process.exit(code ?? 1));
  child.on('error', () => process.exit(127));
});
