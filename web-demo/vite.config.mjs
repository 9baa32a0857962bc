import { defineConfig } from 'vite';

import { beginning } from './build/beginning.mjs';
import { hosted, parts, single } from './build/plugins.mjs';
import { SAMPLES, samples } from './build/samples.mjs';

// `--mode single` makes the one file for `file://`; everything else is for a static host.
export default defineConfig(({ mode }) => {
  const one = mode === 'single';
  return {
    base: './',
    plugins: [parts(), samples(), beginning(), one ? single() : hosted()],
    define: { __HOSTED__: JSON.stringify(!one), __SAMPLES__: JSON.stringify(SAMPLES) },
    publicDir: one ? false : 'public',
    build: {
      target: 'es2022',
      outDir: `../target/web/${one ? 'single' : 'site'}`,
      emptyOutDir: true,
      modulePreload: false,
      assetsDir: '.',
      assetsInlineLimit: 0,
      cssCodeSplit: !one,
      chunkSizeWarningLimit: 3000,
      rolldownOptions: { output: one ? { codeSplitting: false } : { chunkFileNames } },
    },
  };
});

/** The chunks' names, of which two would begin with Vite's prefix for modules that are no files. */
function chunkFileNames({ name }) {
  return `${name.replace('_virtual_', '')}-[hash].js`;
}
