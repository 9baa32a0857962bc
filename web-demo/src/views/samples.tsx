import type { Choices } from '../state';
import type { GivenFile } from '../protocol';

/** Samples that are built in; they are synthetic and stand under the test root, which the page says. */
export function Samples(_: { replace: (files: GivenFile[], choices?: Choices) => Promise<void> }) {
  return null;
}
