// Builds both forms of the page: `target/web/site` for a static host, `target/web/single/index.html` for
// anywhere else, without a network too; and the element for other pages, `target/web/element/kettle-verify.js`.
import { build } from 'vite';

import { element } from './build/element.mjs';

for (const mode of ['production', 'single']) await build({ root: import.meta.dirname, mode, logLevel: 'warn' });
await element();
