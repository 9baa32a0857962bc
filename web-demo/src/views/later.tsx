// A place for a view that is not a part of the first load.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';

import type { PolicyProps } from './props';

type Deep = typeof import('./deep');

const deep = signal<Deep | 'absent' | undefined>(undefined);

/** Reads the views behind the verdict. Whoever has them has them without a network, too. */
export async function readDeep(): Promise<void> {
  deep.value = await import('./deep').catch(() => 'absent' as const);
}

export function Later({ name, given }: { name: keyof Deep; given: PolicyProps }) {
  const views = deep.value;
  if (views === undefined) return <p role="status">This view is on its way.</p>;
  if (views === 'absent') {
    return <p role="alert">This view lies beside the page, and the page can't reach its own host now. Load it again when it can.</p>;
  }
  const View = views[name] as ComponentType<PolicyProps>;
  return <View {...given} />;
}
