// What this page sent, as far as the browser knows.
import { useEffect, useState } from 'preact/hooks';

/** Addresses beyond this page's own files, and those that its policy stopped. */
interface Traffic {
  beyond: string[];
  stopped: string[];
}

export function Sent() {
  const { beyond, stopped } = useTraffic();
  // The browser lists an attempt that the policy stopped, too; nothing of it was sent.
  const through = beyond.filter((address) => !stopped.includes(address)).length;
  return (
    <p class="sent" title="From the browser's own list of this page's requests. The page's policy forbids it every connection.">
      <span class="sent-dot" data-clean={through === 0} aria-hidden="true" />
      {through === 0 ? 'Bytes sent: 0' : `Requests beyond this page: ${through}`}
      {stopped.length > 0 && `; stopped: ${stopped.length}`}
    </p>
  );
}

function useTraffic(): Traffic {
  const [traffic, set] = useState<Traffic>({ beyond: [], stopped: [] });
  useEffect(() => {
    const observer = new PerformanceObserver((list) => {
      const beyond = list.getEntries().map(({ name }) => name).filter((name) => !isOwn(name));
      if (beyond.length > 0) set((now) => ({ ...now, beyond: [...now.beyond, ...beyond] }));
    });
    observer.observe({ type: 'resource', buffered: true });
    const stop = ({ blockedURI }: SecurityPolicyViolationEvent) => set((now) => ({ ...now, stopped: [...now.stopped, blockedURI] }));
    document.addEventListener('securitypolicyviolation', stop);
    return () => {
      observer.disconnect();
      document.removeEventListener('securitypolicyviolation', stop);
    };
  }, []);
  return traffic;
}

/** The names that the build gives the page's files. */
const OWN = /^(?:index\.html|icon\.svg|manifest\.webmanifest|offline\.js|[a-z]+-[\w-]{8}\.(?:js|css))?$/;

/** The page's files lie beside it; a Blob and a `data:` address never leave the browser. */
function isOwn(address: string): boolean {
  const base = new URL('./', document.baseURI).href;
  return (address.startsWith(base) && OWN.test(address.slice(base.length))) || /^(?:blob|data):/.test(address);
}
