// TypeScript modules of the page, for tests in Node: bundled in memory, nothing is written.
import { build } from 'vite';

const root = new URL('../..', import.meta.url).pathname;

/** The exports of a module below `src`. */
export async function load(entry) {
  const results = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: { write: false, copyPublicDir: false, minify: false, target: 'es2022', lib: { entry: `src/${entry}`, formats: ['es'], fileName: 'module' } },
  });
  const code = [results].flat()[0].output[0].code;
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}
