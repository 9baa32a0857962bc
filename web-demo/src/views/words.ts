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

/** Parts of ids that are abbreviations. */
const SHORT = /\b(?:abi|ak|hcl|id|mrtd|pce|pcr|rtmr|slsa|smt|snp|svn|tcb|td|tee|uri|vm|vmpl)\b/g;

/** A claim's id, or a part of it, as a person reads it. */
export function words(id: string): string {
  const said = id.replaceAll('_', ' ').replace(/\bcrl\b/, 'revocation list').replace(/\bsha256\b/, 'SHA-256');
  return said.replaceAll(SHORT, (found) => found.toUpperCase());
}
