import { init } from './load.js';
import { conformance as hashOfCore, version as ofCore } from './wasm/kettle_verify.js';

/** The version of the verifier. */
export async function version(): Promise<string> {
  await init();
  return ofCore();
}

/** The conformance hash: of every case of the corpus, and what this verifier says to it. */
export async function conformance(): Promise<string> {
  await init();
  return hashOfCore();
}
