// The element as one module, with the core, the worker and the style inside.
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

import { parts } from './plugins.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes `target/web/element/kettle-verify.js`. */
export function element() {
  return build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [parts()],
    define: { __HOSTED__: 'false', 'process.env.NODE_ENV': '"production"' },
    build: {
      target: 'es2022',
      outDir: '../target/web/element',
      emptyOutDir: true,
      copyPublicDir: false,
      chunkSizeWarningLimit: 3000,
      lib: { entry: 'src/element.tsx', formats: ['es'], fileName: () => 'kettle-verify.js' },
      rolldownOptions: { output: { codeSplitting: false } },
      minify: true,
    },
  });
}
