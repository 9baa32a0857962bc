import { init } from './load.js';
import { version as ofCore } from './wasm/kettle_verify.js';

/** The version of the verifier. */
export async function version(): Promise<string> {
  await init();
  return ofCore();
}
