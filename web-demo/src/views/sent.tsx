// What this page sent, as far as the browser knows.
import { useEffect, useState } from 'preact/hooks';

/** Requests of this page beyond its own files, and those that its policy stopped. */
interface Traffic {
  beyond: number;
  stopped: number;
}

export function Sent() {
  const { beyond, stopped } = useTraffic();
  return (
    <p class="sent" title="From the browser's own list of this page's requests. The page's policy forbids it every connection.">
      <span class="sent-dot" data-clean={beyond === 0} aria-hidden="true" />
      {beyond === 0 ? 'Bytes sent: 0' : `Requests beyond this page: ${beyond}`}
      {stopped > 0 && `; stopped: ${stopped}`}
    </p>
  );
}

function useTraffic(): Traffic {
  const [traffic, set] = useState<Traffic>({ beyond: 0, stopped: 0 });
  useEffect(() => {
    const count = (entries: PerformanceEntryList) =>
      set((now) => ({ ...now, beyond: now.beyond + entries.filter(({ name }) => !isOwn(name)).length }));
    const observer = new PerformanceObserver((list) => count(list.getEntries()));
    observer.observe({ type: 'resource', buffered: true });
    const stop = () => set((now) => ({ ...now, stopped: now.stopped + 1 }));
    document.addEventListener('securitypolicyviolation', stop);
    return () => {
      observer.disconnect();
      document.removeEventListener('securitypolicyviolation', stop);
    };
  }, []);
  return traffic;
}

/** The page's files lie beside it; a Blob and a `data:` address never leave the browser. */
function isOwn(address: string): boolean {
  const base = new URL('./', document.baseURI).href;
  return address.startsWith(base) && !address.includes('?') || /^(?:blob|data):/.test(address);
}
