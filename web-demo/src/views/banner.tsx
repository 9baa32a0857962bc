// The verdict at a glance: one of four looks, the core's own sentence, and what decided it.
import type { ComponentChildren } from 'preact';
import type { Check, Status } from 'kettle-verify';

import type { Verdict } from '../protocol';
import { DECIDING, FOREIGN_ROOT, NEXT, OUTCOME_MEANING, OUTCOME_WORD, ROOT_WORD, Seal, StatusMark } from './marks';
import { Mend } from './mend';
import { Sentence, Text } from './parts';

interface BannerProps {
  verdict: Verdict;
  /** What the policy in force is called; none: the built-in one. */
  policy: string | undefined;
}

export function Banner({ verdict, policy }: BannerProps) {
  const { outcome, sentence, trust_root: root } = verdict;
  const bounded = verdict.valid_from !== '' || verdict.valid_until !== '';
  return (
    <section class="banner" data-outcome={outcome} data-root={root} aria-labelledby="verdict-word">
      {FOREIGN_ROOT[root] && <p class="strap">{FOREIGN_ROOT[root]}</p>}
      <Seal outcome={outcome} />
      <div class="banner-text">
        <p class="banner-word" id="verdict-word" tabIndex={-1}>
          {OUTCOME_WORD[outcome]}
        </p>
        <h1>
          <Sentence value={sentence} short />
        </h1>
        <p class="soft">{OUTCOME_MEANING[outcome]}</p>
        <dl class="facts">
          <Fact term="As of">{moment(verdict.now)}</Fact>
          {bounded && <Fact term="Holds">{holds(verdict)}</Fact>}
          <Fact term="Policy">{policy === undefined ? 'none given' : <Text value={policy} />}</Fact>
          <Fact term="Vendor roots">{ROOT_WORD[root]}</Fact>
        </dl>
      </div>
    </section>
  );
}

function Fact({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** RFC 3339 as a person reads it, still in UTC. */
export function moment(time: string): string {
  const [, day, clock] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(time) ?? [];
  return day === undefined ? time : `${day} ${clock} UTC`;
}

/** The day of an RFC 3339 time. */
export function day(time: string): string {
  return time.slice(0, 10);
}

/** The days between which a verdict holds; empty where nothing bounds it. */
export function holds({ valid_from: from, valid_until: until }: Verdict): string {
  return [from && `from ${day(from)}`, until && `until ${day(until)}`].filter(Boolean).join(' ');
}

/** Worst first: what outweighs another in the outcome stands before it. */
const WEIGHT: Status[] = ['fail', 'inconclusive', 'not_reached'];

interface DecidingProps {
  verdict: Verdict;
  /** Goes to a view, where the page's address is not the way; nothing where there is no such view. */
  way?: (view: string) => (() => void) | undefined;
}

/** The checks that stand between this verdict and a better one, and what was demanded. */
export function Deciding({ verdict, way }: DecidingProps) {
  const open = deciding(verdict.checks);
  const [view, text] = NEXT[verdict.outcome];
  return (
    <section class="deciding" aria-labelledby="deciding">
      <h2 id="deciding">{DECIDING[verdict.outcome]}</h2>
      {open.length === 0 && <p>{counted(verdict.checks)}</p>}
      {open.length > 0 && (
        <ol>
          {open.map((check) => (
            <li key={check.id}>
              <Finding check={check} />
            </li>
          ))}
        </ol>
      )}
      <Next view={view} text={text} way={way} />
      <h3>Demanded</h3>
      <ul class="plain-list">
        {verdict.demands.map((line) => (
          <li key={line}>
            <Sentence value={line} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Next({ view, text, way }: { view: string; text: string; way: DecidingProps['way'] }) {
  if (!way) {
    return (
      <a class="button primary next" href={`#${view}`}>
        {text}
      </a>
    );
  }
  const go = way(view);
  return go ? (
    <button type="button" class="button primary next" onClick={go}>
      {text}
    </button>
  ) : null;
}

function deciding(checks: Check[]): Check[] {
  const worst = WEIGHT.find((status) => checks.some((check) => check.status === status));
  return checks.filter((check) => check.status === worst);
}

/** How many checks there were and what became of them, where none of them is open. */
function counted(checks: Check[]): string {
  const waived = checks.filter(({ status }) => status === 'waived').length;
  const held = checks.length - waived;
  return waived === 0 ? `All ${held} checks hold.` : `${held} checks hold; your policy waives ${waived}.`;
}

/** A check that is open: what was wanted, what was there, what to do. */
export function Finding({ check }: { check: Check }) {
  return (
    <article class="finding">
      <p class="finding-title">
        <StatusMark status={check.status} quiet />
        <span>
          <span class="soft">Should hold: </span>
          <Sentence value={check.title} />
        </span>
      </p>
      <dl class="pairs">
        {check.expected && <Pair term="Expected"><Sentence value={check.expected} /></Pair>}
        {check.found && <Pair term="Found"><Sentence value={check.found} /></Pair>}
        {check.mend && <Pair term="What to do"><Mend value={check.mend} /></Pair>}
      </dl>
    </article>
  );
}

function Pair({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Always there, whatever the outcome. */
export function NotProven({ verdict }: { verdict: Verdict }) {
  return (
    <aside class="not-proven" aria-labelledby="not-proven">
      <h2 id="not-proven">What this does not prove</h2>
      <ul>
        {verdict.not_proven.map((line) => (
          <li key={line}>
            <Sentence value={line} />
          </li>
        ))}
      </ul>
    </aside>
  );
}
