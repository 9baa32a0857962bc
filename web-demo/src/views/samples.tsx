import { useState } from 'preact/hooks';

import type { GivenFile } from '../protocol';
import { loadSamples } from '../samples';
import type { Choices } from '../state';

interface SamplesProps {
  replace: (files: GivenFile[], choices?: Choices) => Promise<void>;
}

/** What each sample is; the texts are here so that the list is there before the samples are. */
const OFFERED: [id: string, title: string, about: string][] = __SAMPLES__;

/** Samples that are built in; they are synthetic and stand under the test root, which the page says. */
export function Samples({ replace }: SamplesProps) {
  const [fetching, fetch] = useState('');
  const [absent, miss] = useState(false);
  const take = async (id: string) => {
    fetch(id);
    const samples = await loadSamples().catch(() => undefined);
    const sample = samples?.find((one) => one.id === id);
    miss(sample === undefined);
    if (sample) await replace(sample.files, sample.choices);
    fetch('');
  };
  return (
    <section class="samples" aria-labelledby="samples-title">
      <div>
        <h2 id="samples-title">Nothing at hand? Look at a sample</h2>
        <p class="soft">
          Samples are synthetic. They were made under a <strong>test root</strong> whose keys are public, so no hardware vouches for them,
          and every verdict on them says so.
        </p>
      </div>
      {absent && <p role="alert">The samples lie beside this page, and it can't reach its own host now.</p>}
      <ul class="sample-list">
        {OFFERED.map(([id, title, about]) => (
          <li key={id}>
            <button type="button" class="sample" disabled={fetching !== ''} aria-busy={fetching === id} onClick={() => void take(id)}>
              <strong>{title}</strong>
              <span>{about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
