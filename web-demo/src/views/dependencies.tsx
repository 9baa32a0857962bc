import type { ViewProps } from './props';

export function Dependencies({ verdict }: ViewProps) {
  return <p>Dependencies: {verdict.outcome}</p>;
}
