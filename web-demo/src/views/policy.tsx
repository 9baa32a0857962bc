import type { PolicyProps } from './props';

export function Policy({ verdict }: PolicyProps) {
  return <p>Policy: {verdict.demands.length}</p>;
}
