// This release beside the one before it. Both are appraised; only what the builder says is compared.
import { useMemo, useState } from 'preact/hooks';

import { KettleFault } from '../client';
import { changes, claimChanges, dependencies, type Change, type Dependency } from '../compare';
import { filesOf, named } from '../files';
import type { GivenFile, Opened, Verdict } from '../protocol';
import { Panel, Text } from './parts';
import type { ViewProps } from './props';
import { SmallVerdict } from './small-verdict';

interface Other {
  verdict: Verdict;
  opened: Opened;
}

type ComparisonProps = ViewProps & { now: Dependency[] };

export function Comparison(props: ComparisonProps) {
  const [other, set] = useState<Other | undefined>();
  const [fault, complain] = useState('');
  const take = async (files: GivenFile[]) => {
    complain('');
    try {
      const opened = await props.kettle.open(files);
      if (!opened.content) return complain(`These files have no ${opened.missing.join(' and no ')}.`);
      set({ opened, verdict: await props.kettle.appraise(opened.content, props.settings) });
    } catch (error) {
      complain(error instanceof KettleFault ? error.message : String(error));
    }
  };
  return (
    <Panel title="Compared with another release">
      {other ? <Compared {...props} other={other} forget={() => set(undefined)} /> : <Ask take={take} />}
      {fault !== '' && (
        <p role="alert">
          <Text value={fault} />
        </p>
      )}
    </Panel>
  );
}

function Ask({ take }: { take: (files: GivenFile[]) => Promise<void> }) {
  const [over, set] = useState(false);
  const choose = (event: Event & { currentTarget: HTMLInputElement }) => void take(Array.from(event.currentTarget.files ?? [], named));
  const drop = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
    set(false);
    if (event.dataTransfer) void filesOf(event.dataTransfer).then(take);
  };
  return (
    <div
      class="compare-drop"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        set(true);
      }}
      onDragLeave={() => set(false)}
      onDrop={drop}
    >
      <p class="soft">
        Give the bundle of the release before, and see what changed: source, toolchain, dependencies. It is verified under the same
        policy. Drop it here, or
      </p>
      <label class="button">
        Choose its files
        <input type="file" class="hidden" multiple onChange={choose} />
      </label>
    </div>
  );
}

const KIND: Record<Change['kind'], [title: string, sign: string]> = {
  rehashed: ['Same version, other bytes or place', '!'],
  added: ['Added', '+'],
  removed: ['Removed', '−'],
  updated: ['Updated', '↑'],
};

function Compared({ other, now, verdict, forget }: ComparisonProps & { other: Other; forget: () => void }) {
  const before = useMemo(() => dependencies(other.opened.content?.provenance), [other]);
  const found = useMemo(() => changes(before, now), [before, now]);
  const said = useMemo(() => claimChanges(other.verdict, verdict), [other, verdict]);
  return (
    <div class="compared-releases">
      <SmallVerdict verdict={other.verdict} about="The other release: " />
      <h3>What the builder says</h3>
      {said.length === 0 ? <p>The same in both.</p> : <Said said={said} />}
      <h3>
        Dependencies: {before.length} before, {now.length} now
      </h3>
      {found.length === 0 && <p>The same in both.</p>}
      {(Object.keys(KIND) as Change['kind'][]).map((kind) => (
        <Kind key={kind} kind={kind} list={found.filter((one) => one.kind === kind)} />
      ))}
      <div class="row">
        <button type="button" class="button" onClick={forget}>
          Compare with another one
        </button>
      </div>
    </div>
  );
}

function Said({ said }: { said: { id: string; before: string; after: string }[] }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="What the builder says, before and now">
      <table class="said">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Before</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {said.map(({ id, before, after }) => (
            <tr key={id}>
              <th scope="row">
                <Text value={id} />
              </th>
              <td>
                <code>
                  <Text value={before} />
                </code>
              </td>
              <td>
                <code>
                  <Text value={after} />
                </code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Kind({ kind, list }: { kind: Change['kind']; list: Change[] }) {
  const [title, sign] = KIND[kind];
  if (list.length === 0) return null;
  return (
    <section class="changes" data-kind={kind}>
      <h4>
        {title} <span class="soft">{list.length}</span>
      </h4>
      <ul>
        {list.map(({ name, before, after }, index) => (
          <li key={index}>
            <span class="change-sign" aria-hidden="true">
              {sign}
            </span>
            <Text value={name} />{' '}
            <span class="soft">
              {[...new Set([before?.version, after?.version])].filter(Boolean).map((version, at) => (
                <span key={at}>
                  {at > 0 && ' → '}
                  <Text value={version ?? ''} />
                </span>
              ))}
            </span>
            {kind === 'rehashed' && <Rehashed before={before} after={after} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Rehashed({ before, after }: { before: Dependency | undefined; after: Dependency | undefined }) {
  return (
    <span class="rehashed">
      {[before, after].map((one, index) => (
        <code key={index}>
          <Text value={one?.digests.map(([algorithm, value]) => `${algorithm} ${value}`).join(', ') ?? ''} />
        </code>
      ))}
    </span>
  );
}
