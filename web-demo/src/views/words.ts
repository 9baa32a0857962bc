// Words that several views use.
import type { Authority } from 'kettle-verify';

/** Whose word a value is. */
export const WORD: Record<Authority, string> = {
  hardware: 'Signed by the processor',
  collateral: 'Signed by the vendor',
  provenance: 'The builder\'s word',
  claim: 'Signed by nobody',
  policy: 'Your policy\'s word',
};
