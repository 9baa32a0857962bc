#!/usr/bin/env node
// The command line: the same program as the native one, compiled to WebAssembly. What it reads and writes
// goes through WASI; nothing here knows its options.
import { readFileSync } from 'node:fs';
import { parse, relative, sep } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// Node says of WASI that it is experimental; that is no news for whoever verifies a bundle.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).startsWith('WASI is an experimental feature')) emitWarning.call(process, warning, ...rest);
};
const { WASI } = await import('node:wasi');

// V8 compiles anew, and well, what ran for a moment. For one bundle that takes longer than it saves; what hashes
// a large file still gets there. Versions that are not known are left alone, as they may not know the word.
const version = Number.parseInt(process.versions.v8, 10);
if (version >= 10 && version <= 14) setFlagsFromString('--wasm-tiering-budget=300000000');

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
// Node 18 does not name the imports itself.
const imports = wasi.getImportObject?.() ?? { wasi_snapshot_preview1: wasi.wasiImport };
const instance = new WebAssembly.Instance(module, imports);
process.exitCode = wasi.start(instance);
