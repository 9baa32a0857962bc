// What the verdict is made under: time, policy and trust root that were found among the files.
import { useEffect, useState } from 'preact/hooks';

import type { Kettle } from '../client';
import type { Demands, Opened } from '../protocol';
import type { Choices, Document } from '../state';
import { Sentence, Text } from './parts';

interface OffersProps {
  opened: Opened;
  choices: Choices;
  kettle: Kettle;
  adopt(policy: Document | undefined): Promise<void>;
  trust(root: Document | undefined): Promise<void>;
}

/** A policy or a trust root among the files is in force only after a person said so. */
export function Offers({ opened, choices, kettle, adopt, trust }: OffersProps) {
  const nameOf = (role: string) => opened.files.find((file) => file.role === role)?.name ?? role;
  return (
    <>
      {opened.policy && !choices.policy && (
        <PolicyOffer policy={{ name: nameOf('policy'), bytes: opened.policy }} kettle={kettle} adopt={adopt} />
      )}
      {opened.trustRoot && !choices.trustRoot && (
        <section class="offer danger" aria-labelledby="offer-root">
          <h2 id="offer-root">A file with other vendor roots was among the files</h2>
          <p>
            It is not in force. With it, not the keys of the hardware vendors decide what is genuine but those in{' '}
            <code><Text value={nameOf('trust_root')} /></code>. Whoever sent you the bundle could have made them.
          </p>
          <button type="button" class="button" onClick={() => opened.trustRoot && trust({ name: nameOf('trust_root'), bytes: opened.trustRoot })}>
            Trust these roots all the same
          </button>
        </section>
      )}
    </>
  );
}

function PolicyOffer({ policy, kettle, adopt }: { policy: Document; kettle: Kettle; adopt: OffersProps['adopt'] }) {
  const demands = useDemands(kettle, policy);
  return (
    <section class="offer" aria-labelledby="offer-policy">
      <h2 id="offer-policy">A policy was among the files</h2>
      <p>
        It is not in force yet. A policy is <em>your</em> demand: take it from whom you trust, not from whoever made the bundle.
      </p>
      {demands && (
        <ul class="plain-list">
          {demands.demands.map((line) => (
            <li key={line}>
              <Sentence value={line} />
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="button primary" onClick={() => adopt(policy)}>
        Put it in force
      </button>
    </section>
  );
}

function useDemands(kettle: Kettle, { bytes }: Document): Demands | undefined {
  const [demands, set] = useState<Demands>();
  useEffect(() => {
    let wanted = true;
    // A policy that can't be read says why when it is put in force.
    kettle.demands({ policy: bytes }).then((answer) => wanted && set(answer), () => undefined);
    return () => {
      wanted = false;
    };
  }, [kettle, bytes]);
  return demands;
}

interface Aside {
  alone(yes: boolean): Promise<void>;
}

/** The verdict is about files that are not here: that stands in plain sight, with both ways on. */
export function Missing({ opened, alone }: Aside & { opened: Opened }) {
  if (!opened.missing.includes('artifacts')) return null;
  return (
    <section class="offer" aria-labelledby="offer-files">
      <h2 id="offer-files">The file that was built is not here</h2>
      <p>Drop it anywhere on this page. Without it a bundle can be judged, but that says nothing of a file that you have.</p>
      <button type="button" class="button" onClick={() => void alone(true)}>
        Judge the bundle alone
      </button>
    </section>
  );
}

interface UnderProps extends Aside {
  choices: Choices;
  adopt(policy: Document | undefined): Promise<void>;
  trust(root: Document | undefined): Promise<void>;
  at(now: string | undefined): Promise<void>;
}

/** The time of appraisal, and what is in force, with ways out. */
export function Under({ choices, adopt, trust, at, alone }: UnderProps) {
  const change = (event: Event) => {
    const { value } = event.currentTarget as HTMLInputElement;
    void at(value === '' ? undefined : `${value.length === 16 ? `${value}:00` : value}Z`);
  };
  return (
    <details class="under">
      <summary class="button quiet">Time and trust</summary>
      <div class="row">
        <label>
          <span class="label">Time of appraisal (UTC)</span>
          <input type="datetime-local" step="1" value={choices.now?.replace(/Z$/, '') ?? ''} onChange={change} />
        </label>
        {choices.now && (
          <button type="button" class="button" onClick={() => at(undefined)}>
            Use the clock
          </button>
        )}
        <button type="button" class="button" aria-pressed={choices.alone === true} onClick={() => void alone(!choices.alone)}>
          Without the files
        </button>
        {choices.policy && (
          <button type="button" class="button" onClick={() => adopt(undefined)}>
            Without the policy
          </button>
        )}
        {choices.trustRoot && (
          <button type="button" class="button" onClick={() => trust(undefined)}>
            Back to the vendors' roots
          </button>
        )}
      </div>
    </details>
  );
}
