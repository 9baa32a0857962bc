// The one place that turns a text into the address of a script (Trusted Types).

interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (address: string) => string }): { createScriptURL(address: string): unknown };
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;

// The policy refuses a second `kettle`, so that nothing else on the page can make such an address.
const kettle = factory?.createPolicy('kettle', { createScriptURL: allowed });

/** The worker's Blob and the service worker; anything else is refused. */
function allowed(address: string): string {
  if (/^blob:/.test(address) || address === './offline.js') return address;
  throw new TypeError('only the page\'s own workers are scripts');
}

/** An address that `Worker` and `serviceWorker.register` take. */
export function scriptUrl(address: string): string {
  return kettle ? (kettle.createScriptURL(address) as string) : allowed(address);
}

/** Keeps the page for use without a network, where it comes from a host that browsers trust with that. */
export function keepOffline(): void {
  if (!('serviceWorker' in navigator)) return;
  // Without it the page works all the same, as long as it can be loaded.
  navigator.serviceWorker.register(scriptUrl('./offline.js')).catch(() => undefined);
}
