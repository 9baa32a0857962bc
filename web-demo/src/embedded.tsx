// What the element shows: the page's answer, without what only the page can do.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import type { Appraised, Store } from './state';
import { Banner, Deciding, NotProven } from './views/banner';
import { Cards } from './views/cards';
import { Chain } from './views/chain';
import { Checks } from './views/checks';
import { Dependencies } from './views/dependencies';
import { Lab } from './views/lab';
import { LoudNotes, Notes } from './views/notes';
import { Panel, Text } from './views/parts';
import type { ViewProps } from './views/props';
import { Tabs } from './views/tabs';

interface EmbeddedProps {
  store: Store;
  /** Ids of the views to offer; none: all of them. */
  views: string[];
}

export function Embedded({ store, views }: EmbeddedProps) {
  const { appraised, opened, status, kettle, choices } = store;
  const [answer, now] = [appraised.value, status.value];
  if (now.kind === 'fault') {
    return (
      <Panel title="There is no verdict" class="complaint">
        <p role="alert">
          <Text value={now.fault.message} />
        </p>
      </Panel>
    );
  }
  if (!answer) return <p role="status">{waiting(now.kind, opened.value?.missing ?? [])}</p>;
  return <Answer answer={answer} kettle={kettle} policy={choices.value.policy?.name} wanted={views} />;
}

interface AnswerProps {
  answer: Appraised;
  kettle: Store['kettle'];
  policy: string | undefined;
  wanted: string[];
}

function Answer({ answer, kettle, policy, wanted }: AnswerProps) {
  const [asked, ask] = useState<{ view: string } | undefined>();
  const { verdict } = answer;
  const views = offered({ ...answer, kettle }, wanted);
  const way = (view: string) => (views.some(([id]) => id === view) ? () => ask({ view }) : undefined);
  return (
    <div class="answer">
      <Banner verdict={verdict} policy={policy} />
      <LoudNotes verdict={verdict} />
      <div class="beside">
        <Deciding verdict={verdict} way={way} />
        <NotProven verdict={verdict} />
      </div>
      <Tabs views={views} remember={false} asked={asked} />
    </div>
  );
}

function offered(given: ViewProps, wanted: string[]): [string, string, ComponentChildren][] {
  const overview = (
    <>
      <Cards {...given} />
      <Notes verdict={given.verdict} />
    </>
  );
  const all: [string, string, ComponentChildren][] = [
    ['overview', 'Overview', overview],
    ['chain', 'Chain', <Chain {...given} />],
    ['checks', 'Checks', <Checks {...given} />],
    ['dependencies', 'Dependencies', <Dependencies {...given} />],
    ['lab', 'Tamper lab', <Lab {...given} />],
  ];
  const some = all.filter(([id]) => wanted.includes(id));
  return some.length > 0 ? some : all;
}

function waiting(kind: string, missing: string[]): string {
  if (kind === 'opening') return 'Reading the bundle';
  if (kind === 'appraising') return 'Verifying';
  return missing.length > 0 ? `The bundle has no ${missing.join(' and no ')}.` : 'No bundle was given.';
}
