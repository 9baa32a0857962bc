import type { ViewProps } from './props';

export function Chain({ verdict }: ViewProps) {
  return <p>The chain: {verdict.outcome}</p>;
}
