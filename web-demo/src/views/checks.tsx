// Every check, in pipeline order. None is left out: what nobody performed says so.
import { useState } from 'preact/hooks';
import type { Check, Stage, Status } from 'kettle-verify';

import { STATUS_WORD, StatusMark } from './marks';
import { Mend } from './mend';
import { Sentence, Text } from './parts';
import type { ViewProps } from './props';

/** What each stage looks at. */
export const STAGE: Record<Stage, string> = {
  input: 'Input',
  evidence: 'Evidence, as it is laid out',
  chain: 'From the vendor\'s root to the processor\'s key',
  report: 'What the processor signed',
  vtpm: 'The virtual TPM',
  machine: 'What is asked of the machine',
  binding: 'From the report to the provenance',
  provenance: 'The provenance',
  artifacts: 'The files',
};

const STATUSES = Object.keys(STATUS_WORD) as Status[];

/** The checks by their stages, in the order in which they come. */
export function byStage(checks: Check[]): [Stage, Check[]][] {
  const stages = [...new Set(checks.map(({ stage }) => stage))];
  return stages.map((stage) => [stage, checks.filter((check) => check.stage === stage)]);
}

export function Checks({ verdict }: ViewProps) {
  const [shown, show] = useState<Status | 'all'>('all');
  const [words, search] = useState('');
  const fits = (check: Check) =>
    (shown === 'all' || check.status === shown) &&
    `${check.id} ${check.title} ${check.found} ${check.clause}`.toLowerCase().includes(words.toLowerCase());
  const checks = verdict.checks.filter(fits);
  return (
    <>
      <div class="row filter">
        <label>
          <span class="label">Find</span>
          <input type="search" value={words} onInput={(event) => search(event.currentTarget.value)} />
        </label>
        <label>
          <span class="label">Show</span>
          <select value={shown} onChange={(event) => show(event.currentTarget.value as Status | 'all')}>
            <option value="all">all {verdict.checks.length}</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {STATUS_WORD[status]} ({verdict.checks.filter((check) => check.status === status).length})
              </option>
            ))}
          </select>
        </label>
        <p role="status" class="soft">
          {checks.length} of {verdict.checks.length}
        </p>
      </div>
      {byStage(checks).map(([stage, some]) => (
        <section key={stage} class="stage" aria-labelledby={`stage-${stage}`}>
          <h3 id={`stage-${stage}`}>{STAGE[stage]}</h3>
          <ul class="checks">
            {some.map((check) => (
              <li key={check.id} data-status={check.status}>
                <CheckRow check={check} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

const MEND = 'What to do';

/** One check; its details open below it. `values`: what was found stands beside its title already. */
export function CheckRow({ check, values = false }: { check: Check; values?: boolean }) {
  const details: [string, string][] = [
    ['Expected', check.expected],
    ['Found', check.found],
    ['Where', check.location],
    ['Whose word', check.authority],
    ['Clause', check.clause],
    [MEND, check.mend],
    ['Id', check.id],
  ];
  return (
    <details>
      <summary>
        <StatusMark status={check.status} quiet={values} />
        <span class="check-title">
          <Sentence value={check.title} />
          {values && check.found !== '' && (
            <span class="check-found">
              <Text value={check.found} />
            </span>
          )}
        </span>
      </summary>
      <dl class="pairs">
        {details.filter(([, value]) => value !== '').map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              {term === MEND ? <Mend value={value} /> : <Text value={value} />}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
