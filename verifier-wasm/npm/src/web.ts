import { foundBy } from './load.js';

foundBy(() => new URL('./kettle_verify.wasm', import.meta.url));

export * from './index.js';
