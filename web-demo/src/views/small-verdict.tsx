// A verdict beside the main one: of a draft, of another release, of a spoilt copy.
import type { Verdict } from '../protocol';
import { FOREIGN_ROOT, OUTCOME_WORD, Seal } from './marks';
import { Sentence } from './parts';

interface SmallVerdictProps {
  verdict: Verdict;
  /** What the verdict is about, before its word. */
  about?: string;
  /** Whether a change is read out. */
  live?: boolean;
}

export function SmallVerdict({ verdict, about = '', live = false }: SmallVerdictProps) {
  const { outcome, sentence, trust_root: root } = verdict;
  return (
    <div class="small-verdict" data-outcome={outcome} data-root={root} {...(live ? { role: 'status' } : {})}>
      {FOREIGN_ROOT[root] && <p class="strap">{FOREIGN_ROOT[root]}</p>}
      <Seal outcome={outcome} />
      <div class="small-verdict-text">
        <p class="small-verdict-word">
          {about}
          {OUTCOME_WORD[outcome]}
        </p>
        <p>
          <Sentence value={sentence} />
        </p>
      </div>
    </div>
  );
}
