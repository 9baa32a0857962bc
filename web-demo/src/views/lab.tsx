// The tamper lab: a copy of the bundle to spoil. The verifier that judged the bundle judges the copy, and the
// chain shows where it breaks.
import { useEffect, useMemo, useState } from 'preact/hooks';

import { KettleFault } from '../client';
import type { Verdict } from '../protocol';
import { documentName } from '../recompute';
import { partsOf } from '../recompute/parts';
import { tampered, type Tamper } from '../tamper';
import { linkStatus, Node } from './chain';
import { AddField, FlipByte, MoveClock, SwapFile } from './lab-tools';
import { StatusMark } from './marks';
import { Sentence, Text } from './parts';
import type { ViewProps } from './props';
import { SmallVerdict } from './small-verdict';

export function Lab(props: ViewProps) {
  const { opened, verdict, settings, kettle } = props;
  const [changes, set] = useState<Tamper[]>([]);
  const [now, wait] = useState(verdict.now);
  const [result, tell] = useState<Verdict>(verdict);
  const [fault, complain] = useState('');
  const parts = useMemo(() => opened.content && partsOf(opened.content, documentName(opened)), [opened]);
  const spoiled = useMemo(() => opened.content && parts && tampered(opened.content, parts, changes), [opened, parts, changes]);
  const spoiledParts = useMemo(() => spoiled && partsOf(spoiled, documentName(opened)), [spoiled, opened]);
  useEffect(() => {
    let current = true;
    if (!spoiled) return undefined;
    kettle.appraise(spoiled, { ...settings, now }).then(
      (found) => {
        if (!current) return;
        complain('');
        tell(found);
      },
      (error: unknown) => current && complain(error instanceof KettleFault ? error.message : String(error)),
    );
    return () => {
      current = false;
    };
  }, [spoiled, settings, now, kettle]);
  const add = (change: Tamper) => set([...changes, change]);
  const reset = () => {
    set([]);
    wait(verdict.now);
  };
  if (!opened.content || !parts || !spoiled || !spoiledParts) return <p>There is nothing here to spoil.</p>;
  return (
    <div class="lab">
      <section class="lab-bench" aria-labelledby="lab-title">
        <h2 id="lab-title">Spoil a copy of it</h2>
        <p class="soft">Nothing you do here touches your files. Each change is judged at once by the same verifier.</p>
        <FlipByte parts={spoiledParts} add={add} changes={changes} />
        <SwapFile content={opened.content} kettle={kettle} add={add} />
        <AddField content={opened.content} add={add} />
        <MoveClock verdict={verdict} now={now} move={wait} />
      </section>
      <section class="lab-result" aria-labelledby="lab-result-title">
        <h2 id="lab-result-title">What the verifier says now</h2>
        <Changes changes={changes} moved={now !== verdict.now ? now : ''} reset={reset} undo={() => set(changes.slice(0, -1))} />
        {fault !== '' && (
          <p role="alert">
            <Text value={fault} />
          </p>
        )}
        <Result before={verdict} after={result} />
      </section>
    </div>
  );
}

interface ChangesProps {
  changes: Tamper[];
  /** The time that the clock was set to; empty where it was not. */
  moved: string;
  reset(): void;
  undo(): void;
}

function Changes({ changes, moved, reset, undo }: ChangesProps) {
  if (changes.length === 0 && moved === '') return <p class="lab-sound">The copy is as the bundle is. Change something.</p>;
  return (
    <div class="lab-changes">
      <ol>
        {changes.map((change, index) => (
          <li key={index}>{describe(change)}</li>
        ))}
        {moved !== '' && <li>The clock says {moved}</li>}
      </ol>
      <div class="row">
        {changes.length > 0 && (
          <button type="button" class="button" onClick={undo}>
            Undo the last change
          </button>
        )}
        <button type="button" class="button" onClick={reset}>
          As it was
        </button>
      </div>
    </div>
  );
}

function describe(change: Tamper) {
  if (change.kind === 'flip') {
    return (
      <>
        Bit {change.bit} of byte <code>0x{change.at.toString(16)}</code> of <code><Text value={change.part} /></code> turned over
      </>
    );
  }
  if (change.kind === 'swap') {
    return (
      <>
        <Text value={change.artifact} /> is another file
      </>
    );
  }
  return (
    <>
      <Text value={change.name} /> added at{' '}
      <code>
        <Text value={change.pointer || '/'} />
      </code>
    </>
  );
}

function Result({ before, after }: { before: Verdict; after: Verdict }) {
  const failing = after.checks.filter(({ status }) => status === 'fail' || status === 'inconclusive');
  const [first, ...more] = failing;
  const count = (wanted: string) => after.checks.filter(({ status }) => status === wanted).length;
  return (
    <>
      <SmallVerdict verdict={after} live />
      <p class="lab-count">
        {count('pass')} checks hold, {count('fail')} {count('fail') === 1 ? 'does' : 'do'} not, {count('not_reached')} were not performed.
      </p>
      {first && (
        <dl class="lab-first">
          <div>
            <dt>What caught it</dt>
            <dd>
              <Sentence value={first.title} /> <code>{first.id}</code>
              {more.length > 0 && <span class="soft"> and {more.length} more</span>}
            </dd>
          </div>
          {[
            ['Expected', first.expected],
            ['Found', first.found],
          ].map(([term = '', value = '']) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>
                <code>
                  <Text value={value} />
                </code>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <ol class="lab-chain" role="list">
        {before.links.map((link, index) => (
          <li key={index} data-status={linkStatus(link, after.checks)}>
            <Node name={link.from} />
            <span class="lab-link">
              <StatusMark status={linkStatus(link, after.checks)} />
            </span>
          </li>
        ))}
        <li>
          <Node name={before.links.at(-1)?.to ?? ''} />
        </li>
      </ol>
    </>
  );
}
