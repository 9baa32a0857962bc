// The policy: what it demands, in words; pins of what was seen; an editor that says what a draft would do before
// it is in force. The words and the outcome are the core's.
import { useEffect, useState } from 'preact/hooks';

import { bytesOf, textOf } from '../bytes';
import { KettleFault } from '../client';
import type { Demands, Fault, Verdict } from '../protocol';
import type { Document } from '../state';
import { Panel, save, Sentence, Text } from './parts';
import type { PolicyProps } from './props';
import { SmallVerdict } from './small-verdict';

/** A document that is being written. */
interface Drafted extends Document {
  /** Whether it began as pins of this very bundle. */
  pinned: boolean;
}

export function Policy(props: PolicyProps) {
  const { verdict, policy, adopt } = props;
  const [draft, write] = useState<Drafted | undefined>();
  return (
    <div class="policy">
      <Panel title="The policy in force">
        <p>{policy ? <Text value={policy.name} /> : 'The built-in policy. It is strict, and names no machine image.'}</p>
        {verdict.policy_digest !== '' && (
          <p class="soft">
            SHA-256 <code>{verdict.policy_digest}</code>
          </p>
        )}
        <Words demands={verdict.demands} />
        {policy && (
          <div class="row">
            <button type="button" class="button" onClick={() => write({ name: policy.name, bytes: policy.bytes, pinned: false })}>
              Edit it
            </button>
            <button type="button" class="button" onClick={() => void adopt(undefined)}>
              Go back to the built-in policy
            </button>
          </div>
        )}
      </Panel>
      <Pin {...props} write={write} />
      {draft && <Draft key={draft.name} {...props} draft={draft} write={write} />}
    </div>
  );
}

/** What is demanded, line by line. `known` are the lines of the policy in force: others are new. */
function Words({ demands, known }: { demands: string[]; known?: string[] }) {
  if (demands.length === 0) return <p class="soft">It demands nothing beyond what always holds.</p>;
  return (
    <ul class="demands">
      {demands.map((one) => (
        <li key={one} data-new={known !== undefined && !known.includes(one)}>
          <Sentence value={one} />
          {known !== undefined && !known.includes(one) && <span class="tag">new</span>}
        </li>
      ))}
    </ul>
  );
}

interface Writing {
  write(draft: Drafted | undefined): void;
}

function Pin({ opened, settings, kettle, write }: PolicyProps & Writing) {
  const [anyCommit, set] = useState(false);
  const [refusal, refuse] = useState('');
  const pin = async () => {
    refuse('');
    if (!opened.content) return;
    try {
      const { verdict, policy } = await kettle.policyInit(opened.content, settings, { anyCommit });
      if (policy === undefined) refuse(`There is nothing genuine to pin: ${verdict.sentence}`);
      else write({ name: 'policy.json', bytes: bytesOf(policy), pinned: true });
    } catch (error) {
      refuse(messageOf(error));
    }
  };
  const open = async (event: Event & { currentTarget: HTMLInputElement }) => {
    const input = event.currentTarget;
    const [file] = Array.from(input.files ?? []);
    if (file) write({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()), pinned: false });
    input.value = '';
  };
  return (
    <Panel title="Make one">
      <p class="soft">
        Pinning writes down what was seen here: machine image, source and builder. It makes nothing trustworthy by itself: compare the values
        with what their makers published, then demand them.
      </p>
      <div class="row">
        <button type="button" class="button primary" onClick={() => void pin()}>
          Pin what was seen
        </button>
        <label class="row">
          <input type="checkbox" checked={anyCommit} onChange={(event) => set(event.currentTarget.checked)} />
          any commit of this source
        </label>
        <label class="button">
          Open a policy
          <input type="file" class="hidden" accept=".json,application/json" onChange={(event) => void open(event)} />
        </label>
      </div>
      {refusal !== '' && (
        <p role="alert">
          <Sentence value={refusal} />
        </p>
      )}
    </Panel>
  );
}

type Preview = { kind: 'waiting' } | { kind: 'refused'; fault: Fault } | { kind: 'said'; demands: Demands; verdict: Verdict };

/** A draft is looked at a moment after the last key. */
const PAUSE = 150;

function Draft({ draft, write, verdict, opened, settings, kettle, adopt }: PolicyProps & Writing & { draft: Drafted }) {
  const [text, type] = useState(textOf(draft.bytes));
  const [preview, show] = useState<Preview>({ kind: 'waiting' });
  useEffect(() => type(textOf(draft.bytes)), [draft]);
  useEffect(() => {
    let current = true;
    const look = async () => {
      const under = { ...settings, policy: bytesOf(text) };
      try {
        const demands = await kettle.demands(under);
        const found = opened.content ? await kettle.appraise(opened.content, under) : verdict;
        if (current) show({ kind: 'said', demands, verdict: found });
      } catch (error) {
        if (current) show({ kind: 'refused', fault: faultOf(error) });
      }
    };
    const timer = setTimeout(() => void look(), PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, settings, opened, kettle]);
  return (
    <Panel title="Draft, not in force" class="draft">
      <div class="draft-sides">
        <label class="draft-text">
          <span class="label">
            <Text value={draft.name} />
          </span>
          <textarea value={text} spellcheck={false} rows={22} onInput={(event) => type(event.currentTarget.value)} />
        </label>
        <div class="draft-said" aria-live="polite">
          <h3>What it would do</h3>
          {draft.pinned && <p class="circle">These values come from this very bundle. That it matches itself proves nothing until you have compared them.</p>}
          <Said preview={preview} known={verdict.demands} />
        </div>
      </div>
      <div class="row">
        <button
          type="button"
          class="button primary"
          disabled={preview.kind !== 'said'}
          onClick={() => void adopt({ name: draft.name, bytes: bytesOf(text) }).then(() => write(undefined))}
        >
          Put it in force
        </button>
        <button type="button" class="button" onClick={() => save('policy.json', 'application/json', text)}>
          Save it
        </button>
        <button type="button" class="button quiet" onClick={() => write(undefined)}>
          Throw it away
        </button>
      </div>
    </Panel>
  );
}

function Said({ preview, known }: { preview: Preview; known: string[] }) {
  if (preview.kind === 'waiting') return <p class="soft">Reading it.</p>;
  if (preview.kind === 'refused') {
    const { message, location } = preview.fault;
    return (
      <div class="complaint">
        <p>
          It can't be read: <Sentence value={message} />
          {location !== '' && (
            <>
              {' '}
              at <code><Text value={location} /></code>
            </>
          )}
        </p>
      </div>
    );
  }
  const { demands, verdict } = preview;
  const dropped = known.filter((one) => !demands.demands.includes(one));
  return (
    <>
      <SmallVerdict verdict={verdict} about="This bundle would be: " />
      <h4>It demands</h4>
      <Words demands={demands.demands} known={known} />
      {dropped.length > 0 && (
        <>
          <h4>No longer</h4>
          <ul class="demands dropped">
            {dropped.map((one) => (
              <li key={one}>
                <Sentence value={one} />
              </li>
            ))}
          </ul>
        </>
      )}
      {demands.expires !== '' && <p class="soft">It expires at {demands.expires}.</p>}
    </>
  );
}

function faultOf(error: unknown): Fault {
  if (error instanceof KettleFault) return { code: error.code, location: error.location, message: error.message };
  return { code: 'internal', location: '', message: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
