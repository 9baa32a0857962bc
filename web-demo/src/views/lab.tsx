import type { ViewProps } from './props';

export function Lab({ verdict }: ViewProps) {
  return <p>Tamper lab: {verdict.outcome}</p>;
}
