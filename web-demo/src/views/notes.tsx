// What is worth knowing beside the checks, and what nobody signed.
import type { Note, NoteKind } from 'kettle-verify';

import type { Verdict } from '../protocol';
import { Panel, Sentence, Text } from './parts';

const KIND: Record<NoteKind, string> = {
  danger: 'Danger',
  advisory: 'Advisory',
  deviation: 'Deviation',
  information: 'For information',
};

/** Allowed dangers and advisories stand in plain sight, not in a list further down. */
const LOUD: NoteKind[] = ['danger', 'advisory'];

export function LoudNotes({ verdict }: { verdict: Verdict }) {
  const loud = verdict.notes.filter(({ kind }) => LOUD.includes(kind));
  if (loud.length === 0) return null;
  return <List notes={loud} />;
}

export function Notes({ verdict }: { verdict: Verdict }) {
  const quiet = verdict.notes.filter(({ kind }) => !LOUD.includes(kind));
  if (quiet.length === 0 && verdict.unauthenticated.length === 0) return null;
  return (
    <Panel title="Notes">
      <List notes={quiet} />
      {verdict.unauthenticated.length > 0 && (
        <>
          <h3>Read, but signed by nobody</h3>
          <ul class="plain-list">
            {verdict.unauthenticated.map((line) => (
              <li key={line}>
                <Sentence value={line} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function List({ notes }: { notes: Note[] }) {
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li key={note.id + note.text} data-kind={note.kind}>
          <strong>{KIND[note.kind]}</strong>
          <span>
            <Sentence value={note.text} />{' '}
            {note.location && (
              <span class="soft">
                at <Text value={note.location} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
