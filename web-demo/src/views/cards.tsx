// The claims, sorted by what they speak of. Each row says whose word it is.
import type { Authority, Check, Claim, Stage } from 'kettle-verify';

import { hex, size } from '../bytes';
import type { Opened, Verdict } from '../protocol';
import { byStage, CheckRow } from './checks';
import { StatusMark } from './marks';
import { Panel, Text, Value } from './parts';
import type { ViewProps } from './props';

const WORD: Record<Authority, string> = {
  hardware: 'signed by the processor',
  collateral: 'signed by the vendor',
  provenance: 'the builder\'s word',
  claim: 'nobody signed it',
  policy: 'your policy',
};

/** What a claim speaks of is the first word of its id; what is not listed speaks of the machine. */
const SOURCE = ['source'];
const BUILD = ['build', 'slsa'];
const INTEGRITY = ['subject', 'artifact', 'provenance', 'binding', 'bundle'];

export function Cards({ verdict, opened }: ViewProps) {
  const about = (topics: string[]) => verdict.claims.filter(({ id }) => topics.includes(topic(id)));
  const machine = verdict.claims.filter(({ id }) => ![...SOURCE, ...BUILD, ...INTEGRITY].includes(topic(id)));
  const asked = (stages: Stage[]) => byStage(verdict.checks).filter(([stage]) => stages.includes(stage));
  return (
    <div class="cards">
      <Card title="Source" lead="What it says it was built from." rows={rows(about(SOURCE))} />
      <Card title="Build" lead="How, with what and when. The processor attests the document as a whole; what it says is the builder's word." rows={rows(about(BUILD))} asked={asked(['provenance'])} />
      <Panel title="Integrity" class="card wide">
        <p class="soft">Each file you gave against what the provenance says.</p>
        <Integrity verdict={verdict} opened={opened} />
        <Rows rows={rows(about(INTEGRITY))} />
        <Asked asked={asked(['binding', 'artifacts'])} />
      </Panel>
      <Card title="Hardware" class="wide" lead="Which machine vouches for it." rows={rows(machine)} asked={asked(['evidence', 'chain', 'report', 'vtpm', 'machine'])} />
    </div>
  );
}

interface Row {
  id: string;
  term: string;
  authority: Authority;
  /** The value, or several under their names. */
  values: { name: string; claim: Claim }[];
}

interface CardProps {
  title: string;
  lead: string;
  rows: Row[];
  class?: string;
  asked?: [Stage, Check[]][];
}

function Card({ title, lead, rows: all, class: name = '', asked = [] }: CardProps) {
  return (
    <Panel title={title} class={`card ${name}`}>
      <p class="soft">{lead}</p>
      {all.length === 0 ? <p>Nothing was read: an earlier check stopped it.</p> : <Rows rows={all} />}
      <Asked asked={asked} />
    </Panel>
  );
}

function Rows({ rows: all }: { rows: Row[] }) {
  return (
    <dl class="rows">
      {all.map((row) => (
        <div key={row.id}>
          <dt>
            <Text value={row.term} />
            <span class="word" data-authority={row.authority}>
              {WORD[row.authority]}
            </span>
          </dt>
          <dd>
            <Values row={row} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** More named values than this are folded. */
const FEW = 6;

function Values({ row }: { row: Row }) {
  const [only] = row.values;
  if (only && row.values.length === 1) return <Claimed claim={only.claim} />;
  const list = (
    <ul class="values">
      {row.values.map(({ name, claim }) => (
        <li key={claim.id + claim.value}>
          <span class="soft">{name}</span> <Claimed claim={claim} />
        </li>
      ))}
    </ul>
  );
  if (row.values.length <= FEW) return list;
  return (
    <details>
      <summary>{row.values.length} values</summary>
      {list}
    </details>
  );
}

/** Beyond this a value is worth a button that copies it. */
const LONG = 16;

function Claimed({ claim: { id, value } }: { claim: Claim }) {
  if (value === '') return <span class="soft">empty</span>;
  return value.length > LONG ? <Value value={value} label={id} /> : <Text value={value} />;
}

/** The checks behind a card, folded, with how many of them hold. */
function Asked({ asked }: { asked: [Stage, Check[]][] }) {
  const checks = asked.flatMap(([, some]) => some);
  if (checks.length === 0) return null;
  const held = checks.filter(({ status }) => status === 'pass').length;
  return (
    <details class="asked">
      <summary>
        {held} of {checks.length} checks hold
      </summary>
      <ul class="checks">
        {checks.map((check) => (
          <li key={check.id} data-status={check.status}>
            <CheckRow check={check} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Integrity({ verdict, opened }: { verdict: Verdict; opened: Opened }) {
  const files = opened.files.filter(({ role, sha256 }) => role === 'artifact' && sha256);
  if (files.length === 0) return <p>No file was given to compare.</p>;
  return (
    <ul class="compared">
      {files.map((file) => {
        const digest = hex(file.sha256 ?? new Uint8Array());
        const link = verdict.links.find(({ left, from }) => left === digest && from.endsWith(` ${file.name.split('/').at(-1)}`));
        return (
          <li key={file.name}>
            <StatusMark status={link ? (link.holds ? 'pass' : 'fail') : 'not_reached'} quiet />
            <span>
              <strong>
                <Text value={file.name} />
              </strong>{' '}
              <span class="soft">
                {size(file.size)}, {link ? (link.holds ? 'equals its subject' : 'differs from its subject') : 'compared with no subject'}
              </span>
              <Value value={digest} label={`the SHA-256 of ${file.name}`} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function topic(id: string): string {
  return id.split('.', 1)[0] ?? id;
}

/** Claims that differ in the last part of a long id only, such as registers, share a row. */
function rows(claims: Claim[]): Row[] {
  const found = new Map<string, Row>();
  for (const claim of claims) {
    const path = claim.id.split('.');
    const group = path.length > 2 ? path.slice(0, -1) : path;
    const key = `${group.join('.')} ${claim.authority}`;
    const row = found.get(key) ?? { id: key, term: words(group), authority: claim.authority, values: [] };
    row.values.push({ name: path.length > 2 ? words(['', path.at(-1) ?? '']) : '', claim });
    found.set(key, row);
  }
  return [...found.values()];
}

function words(path: string[]): string {
  const [first, ...others] = path;
  return (others.length > 0 ? others.join(' ') : (first ?? '')).replaceAll('_', ' ');
}
