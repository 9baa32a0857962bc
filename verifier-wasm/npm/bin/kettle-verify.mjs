#!/usr/bin/env node
// The command line: the same program as the native one, compiled to WebAssembly. What it reads and writes
// goes through WASI; nothing here knows its options.
import { readFileSync } from 'node:fs';
import { parse, relative, sep } from 'node:path';

// Node says of WASI that it is experimental; that is no news for whoever verifies a bundle.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).startsWith('WASI is an experimental feature')) emitWarning.call(process, warning, ...rest);
};
const { WASI } = await import('node:wasi');

const folder = process.cwd();
const { root } = parse(folder);

const wasi = new WASI({
  version: 'preview1',
  args: ['kettle-verify', ...process.argv.slice(2)],
  env: { ...process.env, PWD: `/${relative(root, folder).replaceAll(sep, '/')}` },
  preopens: { '/': root },
  returnOnExit: true,
});
const module = new WebAssembly.Module(readFileSync(new URL('./kettle-verify.wasm', import.meta.url)));
const instance = new WebAssembly.Instance(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
