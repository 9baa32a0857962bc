/** Gives a handle's memory in the core back, rather than whenever the collector gets to it. */
export function freed<H extends { free(): void }, T>(handle: H, use: (handle: H) => T): T {
  try {
    return use(handle);
  } finally {
    handle.free();
  }
}
