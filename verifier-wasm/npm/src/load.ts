import initialise, { initSync } from './wasm/kettle_verify.js';

/** What the core can be loaded from. */
export type Source = BufferSource | WebAssembly.Module | Response | URL | string;

type Finder = () => Source | Promise<Source>;

let find: Finder | undefined;
let ready: Promise<void> | undefined;

/** Says where this entry of the package has the core. */
export function foundBy(finder: Finder): void {
  find ??= finder;
}

/**
 * Loads the core. Every other function does so by itself; call this to say from where, or to have it
 * loaded before it is needed.
 *
 * @param source bytes, a compiled module, a response or an address; without one the package's own file
 */
export function init(source?: Source): Promise<void> {
  ready ??= load(source).catch((error: unknown) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

async function load(source?: Source): Promise<void> {
  const found = source ?? (await find?.());
  if (found instanceof ArrayBuffer || ArrayBuffer.isView(found) || found instanceof WebAssembly.Module) {
    // Small enough to be compiled at once, which costs less than another thread.
    try {
      initSync({ module: found });
      return;
    } catch (error) {
      // Some browsers compile only a few kilobytes at once on their main thread.
      if (!(error instanceof RangeError)) throw error;
    }
  }
  await initialise({ module_or_path: found as BufferSource });
}
