// The page's beginning in the document itself: it paints before any script has run.
import { fileURLToPath } from 'node:url';

import { runnerImport } from 'vite';

import { SAMPLES } from './samples.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const PLACE = '<div id="page"></div>';

/** Writes what the page draws first into its place. */
export function beginning() {
  return {
    name: 'kettle-beginning',
    apply: 'build',
    transformIndexHtml: async (page) => {
      if (!page.includes(PLACE)) throw new Error(`the page has no ${PLACE}`);
      const text = await drawn();
      return page.replace(PLACE, () => PLACE.replace('></', () => `>${text}</`));
    },
  };
}

async function drawn() {
  const { module } = await runnerImport('/src/beginning.tsx', {
    root,
    configFile: false,
    logLevel: 'warn',
    define: { __SAMPLES__: JSON.stringify(SAMPLES) },
  });
  return module.beginning();
}
