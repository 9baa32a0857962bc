// Builds both forms of the page: `target/web/site` for a static host, `target/web/single/index.html` for
// anywhere else, without a network too.
import { build } from 'vite';

for (const mode of ['production', 'single']) await build({ root: import.meta.dirname, mode, logLevel: 'warn' });
