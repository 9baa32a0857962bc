// The looks of outcomes and statuses: each has a word and a shape of its own, so that colour is never alone.
import type { Outcome, Status, TrustRootKind } from 'kettle-verify';

/** The word above the sentence. */
export const OUTCOME_WORD: Record<Outcome, string> = {
  verified: 'Verified',
  unpinned: 'Not pinned',
  failed: 'Failed',
  inconclusive: 'Undecided',
};

/** What the outcome means for whoever reads it. */
export const OUTCOME_MEANING: Record<Outcome, string> = {
  verified: 'Everything that your policy demands holds.',
  unpinned: 'What was checked holds. But anybody can run such a machine, so it says little until you have settled what is still open.',
  failed: 'Something does not hold. Do not use the file.',
  inconclusive: 'With what was given it can neither be confirmed nor refuted.',
};

/** What stands above the checks that made the outcome. */
export const DECIDING: Record<Outcome, string> = {
  verified: 'What held',
  unpinned: 'What is still open',
  failed: 'What does not hold',
  inconclusive: 'What can\'t be decided',
};

/** Where a reader goes from here: a view's id, and what to call the way to it. */
export const NEXT: Record<Outcome, [view: string, text: string]> = {
  verified: ['chain', 'Follow the chain'],
  unpinned: ['policy', 'Say what you trust'],
  failed: ['chain', 'See where the chain breaks'],
  inconclusive: ['checks', 'See every check'],
};

/** What stands across a verdict that other keys than the vendors' own had a part in. */
export const FOREIGN_ROOT: Record<TrustRootKind, string> = {
  pinned: '',
  extended: 'Judged by more keys than the vendors\'',
  replaced: 'Judged by other keys than the vendors\'',
  test: 'Test keys: no real machine stands behind this',
};

/** Whose keys decided what is genuine. */
export const ROOT_WORD: Record<TrustRootKind, string> = {
  pinned: 'built in',
  extended: 'built in, and more',
  replaced: 'other ones',
  test: 'test keys',
};

/** Circle with a tick, open ring with a pin, octagon with a cross, diamond with a question. */
const SHAPE: Record<Outcome, string[]> = {
  verified: ['M32 4a28 28 0 1 1 0 56 28 28 0 0 1 0-56z', 'M19 33l9 9 18-19'],
  unpinned: ['M32 4a28 28 0 0 1 0 56M32 4a28 28 0 0 0 0 56', 'M32 17a9 9 0 0 1 9 9c0 7-9 12-9 12s-9-5-9-12a9 9 0 0 1 9-9zM32 45v4'],
  failed: ['M20 4h24l16 16v24L44 60H20L4 44V20z', 'M22 22l20 20M42 22 22 42'],
  inconclusive: ['M32 3 61 32 32 61 3 32z', 'M25 26c0-10 14-10 14-1 0 6-7 6-7 12M32 44v1'],
};

export function Seal({ outcome }: { outcome: Outcome }) {
  const [outline, sign] = SHAPE[outcome];
  return (
    <svg class="seal" viewBox="0 0 64 64" aria-hidden="true">
      <path class="seal-outline" d={outline} />
      <path class="seal-sign" d={sign} />
    </svg>
  );
}

/** The word beside a check. */
export const STATUS_WORD: Record<Status, string> = {
  pass: 'holds',
  fail: 'does not hold',
  waived: 'waived',
  inconclusive: 'undecided',
  not_reached: 'not performed',
};

const STATUS_SHAPE: Record<Status, string> = {
  pass: 'M3 8.5 6.5 12 13 4',
  fail: 'M4 4l8 8M12 4l-8 8',
  waived: 'M3 8h10M10 5l3 3-3 3',
  inconclusive: 'M5.5 6c0-4 5-4 5-.5C10.500 8 8 8 8 10M8 12.500v.5',
  not_reached: 'M4 8h8',
};

/** A check's status as shape and word; the word may be hidden from sight, never from a screen reader. */
export function StatusMark({ status, quiet = false }: { status: Status; quiet?: boolean }) {
  return (
    <span class="status" data-status={status}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={STATUS_SHAPE[status]} />
      </svg>
      <span class={quiet ? 'hidden' : ''}>{STATUS_WORD[status]}</span>
    </span>
  );
}
