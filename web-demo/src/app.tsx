// The whole page: before a verdict the question, after it the answer.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

import type { Fault } from './protocol';
import type { Appraised, Store } from './state';
import { Banner, Deciding, NotProven } from './views/banner';
import { Cards } from './views/cards';
import { Checks } from './views/checks';
import { Drop } from './views/drop';
import { Chips, Files, Slots } from './views/files';
import { Later } from './views/later';
import { OnPage } from './views/mend';
import { LoudNotes, Notes } from './views/notes';
import { save, Panel, Sentence, Text } from './views/parts';
import type { PolicyProps } from './views/props';
import { Samples } from './views/samples';
import { Sent } from './views/sent';
import { Missing, Offers, Under } from './views/settings';
import { Tabs } from './views/tabs';
import { ThemeSwitch } from './views/theme';

export function App({ store }: { store: Store }) {
  const { opened, appraised, status } = store;
  const now = status.value;
  return (
    <OnPage.Provider value>
      <header class="top">
        <a class="wordmark" href="./">
          <Mark />
          kettle-verify
        </a>
        <Sent />
      </header>
      <main>
        {!appraised.value && <Question />}
        {now.kind === 'fault' && <Complaint fault={now.fault} before={appraised.value !== undefined} />}
        {now.kind === 'idle' && opened.value?.files.length === 0 && store.given.value.length > 0 && <Complaint fault={EMPTY} before={false} />}
        {appraised.value && <Answer store={store} appraised={appraised.value} />}
        <Given store={store} answered={appraised.value !== undefined} />
        {!opened.value?.files.length && <Samples replace={store.replace} />}
      </main>
      <footer class="foot">
        <p>This page verifies in your browser. It connects to nothing, and works without a network.</p>
        <ThemeSwitch />
      </footer>
      <p class="hidden" role="status" aria-live="polite">
        {now.kind === 'opening' ? 'Reading' : now.kind === 'appraising' ? 'Verifying' : (appraised.value?.verdict.sentence ?? '')}
      </p>
    </OnPage.Provider>
  );
}

function Question() {
  return (
    <div class="question">
      <h1>Was this binary really built from the source it claims?</h1>
      <p>
        An attested build is compiled inside a confidential machine whose processor signs what went in and what came out. Give the
        binary and its bundle, and read what that proves, and what it does not.
      </p>
    </div>
  );
}

/** Before a verdict the drop zone and what is missing; after it the files behind it. */
function Given({ store, answered }: { store: Store; answered: boolean }) {
  const { opened, status, busy } = store;
  const now = status.value;
  const files = opened.value && opened.value.files.length > 0 ? opened.value : undefined;
  return (
    <div class="given">
      {!answered && (
        <>
          <Drop large busy={busy.value} progress={now.kind === 'opening' ? now.progress : undefined} give={store.give} cancel={store.cancel} />
          <Slots opened={files} />
        </>
      )}
      {files && (
        <Panel title="Files">
          <Files opened={files} remove={store.remove} />
        </Panel>
      )}
    </div>
  );
}

/** An archive may be sound and have no file in it. */
const EMPTY: Fault = { code: 'empty', location: '', message: 'there is no file in it; give an archive or a folder that has a bundle' };

/** `before`: whether the verdict from before stands below it. */
function Complaint({ fault: { message, location }, before }: { fault: Fault; before: boolean }) {
  const place = useRef<HTMLElement>(null);
  // Files can be dropped wherever one has read to.
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), [message]);
  return (
    <section class="complaint" role="alert" ref={place}>
      <h2>That can't be read</h2>
      <p>
        <Sentence value={message} />
        {location && !message.includes(location) && (
          <span class="soft">
            {' '}
            at <Text value={location} />
          </span>
        )}
      </p>
      {before && <p class="soft">The verdict below is the one from before, without it.</p>}
    </section>
  );
}

function Answer({ store, appraised }: { store: Store; appraised: Appraised }) {
  const { verdict } = appraised;
  const { kettle } = store;
  const { choices } = appraised;
  const top = useRef<HTMLDivElement>(null);
  const printing = usePrinting();
  useEffect(() => {
    document.title = `${verdict.outcome}: kettle-verify`;
    // Who can't see the page begins to read at the verdict.
    top.current?.querySelector<HTMLElement>('.banner-word')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [verdict]);
  const given: PolicyProps = { ...appraised, kettle, policy: choices.policy, adopt: store.adopt };
  return (
    <div class="answer" ref={top}>
      <Banner verdict={verdict} policy={choices.policy?.name} />
      <Strip store={store} appraised={appraised} />
      <Missing opened={appraised.opened} alone={store.alone} />
      <Offers opened={appraised.opened} choices={choices} kettle={kettle} adopt={store.adopt} trust={store.trust} />
      <LoudNotes verdict={verdict} />
      <div class="beside">
        <Deciding verdict={verdict} />
        <NotProven verdict={verdict} />
      </div>
      <Views given={given} printing={printing} />
    </div>
  );
}

/** What the verdict is about, and what can be done with it. */
function Strip({ store, appraised: { verdict, opened, choices } }: { store: Store; appraised: Appraised }) {
  const { busy, status, give, cancel, adopt, trust, at, alone } = store;
  const now = status.value;
  return (
    <div class="strip">
      <Chips opened={opened} />
      <div class="row">
        <Drop large={false} busy={busy.value} progress={now.kind === 'opening' ? now.progress : undefined} give={give} cancel={cancel} />
        <Report verdict={verdict} />
        <button type="button" class="button quiet" onClick={store.clear}>
          Start over
        </button>
        <Under choices={choices} adopt={adopt} trust={trust} at={at} alone={alone} />
      </div>
    </div>
  );
}

function Views({ given, printing }: { given: PolicyProps; printing: boolean }) {
  const overview = (
    <>
      <Cards {...given} />
      <Notes verdict={given.verdict} />
    </>
  );
  const views: [string, string, ComponentChildren][] = [
    ['overview', 'Overview', overview],
    ['chain', 'Chain', <Later name="Chain" given={given} />],
    ['checks', 'Checks', <Checks {...given} />],
    ['dependencies', 'Dependencies', <Later name="Dependencies" given={given} />],
    ['policy', 'Policy', <Later name="Policy" given={given} />],
    ['lab', 'Tamper lab', <Later name="Lab" given={given} />],
  ];
  // Paper has no tabs: what a report needs is printed in a row, and what only works by hand is left out.
  if (printing) return <>{views.slice(0, 3).map(([, , view]) => view)}</>;
  return <Tabs views={views} />;
}

function Report({ verdict }: { verdict: Appraised['verdict'] }) {
  return (
    <div class="row report">
      <button type="button" class="button quiet" onClick={() => save('verdict.json', 'application/json', `${verdict.json}\n`)}>
        Save the verdict
      </button>
      <button type="button" class="button quiet" onClick={() => window.print()}>
        Print a report
      </button>
    </div>
  );
}

function usePrinting(): boolean {
  const [printing, set] = useState(false);
  useEffect(() => {
    const [before, after] = [() => set(true), () => set(false)];
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);
  return printing;
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 64 64" aria-hidden="true">
      <path d="M16 44c0-9 5-16 14-16s14 7 14 16zM44 36l8-7M22 28c0-7 16-7 16 0M14 50h34M24 38l4 4 8-8" />
    </svg>
  );
}
