// The claims, sorted by what they speak of. Each row says whose word it is.
import type { ComponentChildren } from 'preact';
import type { Authority, Check, Claim, Stage } from 'kettle-verify';

import { hex, size } from '../bytes';
import type { Opened, Verdict } from '../protocol';
import { Ages, checked, claimed } from './ages';
import { holds } from './banner';
import { byStage, CheckRow, STAGE } from './checks';
import { StatusMark } from './marks';
import { Panel, Text, Value } from './parts';
import type { ViewProps } from './props';
import { WORD, words } from './words';

/** What a claim speaks of is the first word of its id; what is not listed speaks of the machine. */
const SOURCE = ['source'];
const BUILD = ['build', 'slsa'];
const INTEGRITY = ['subject', 'artifact', 'provenance', 'binding', 'bundle'];

/** The stages that look at the machine. */
const MACHINE: Stage[] = ['machine', 'evidence', 'chain', 'report', 'vtpm'];

/** What a reader looks for first among what a machine says; the rest is folded. */
const FOREMOST = ['measurement', 'mrtd', 'rtmr', 'pcr', 'generation', 'product', 'tcb.status', 'tcb.reported', 'firmware', 'secure_boot', 'debug', 'mrenclave'];

export function Cards({ verdict, opened }: ViewProps) {
  const about = (topics: string[]) => rows(verdict.claims.filter(({ id }) => topics.includes(topic(id))));
  const machine = rows(verdict.claims.filter(({ id }) => ![...SOURCE, ...BUILD, ...INTEGRITY].includes(topic(id))));
  const asked = (stages: Stage[]) => byStage(verdict.checks).filter(([stage]) => stages.includes(stage));
  const rank = (row: Claims) => FOREMOST.findIndex((path) => row.path === path);
  const foremost = machine.filter((row) => rank(row) >= 0).sort((one, other) => rank(one) - rank(other));
  const root = verdict.links.at(-1)?.to;
  return (
    <div class="cards">
      <div class="column">
        <Card title="Source" lead="What it was built from." rows={about(SOURCE)} />
        <Panel title="Integrity" class="card">
          <p class="soft">Each file that you gave against its subject.</p>
          <Integrity verdict={verdict} opened={opened} />
          <Groups rows={about(INTEGRITY)} />
          <Asked asked={asked(['binding', 'artifacts'])} />
        </Panel>
      </div>
      <div class="column">
        <Card title="Build" lead="How, with what and when. The document as a whole is attested; its contents, times included, are claims." rows={about(BUILD)} asked={asked(['provenance'])} />
        <Panel title="Hardware" class="card">
          <p class="soft">Which machine vouches for it, and what it says of itself.</p>
          <dl class="rows">
            <Row term="Platform" value={verdict.platform} />
            <Row term="Vendor's root" value={root} />
            <Row term="Certificates and lists hold" value={holds(verdict)} />
          </dl>
          <Ages windows={[...checked(asked(MACHINE).flatMap(([, checks]) => checks)), ...claimed(verdict)]} />
          {machine.length === 0 ? <p>Nothing was read: an earlier check stopped it.</p> : <Groups rows={foremost} />}
          <Folded title={`All ${machine.length} values of the machine`}>
            <Groups rows={machine} />
          </Folded>
          <Asked asked={asked(MACHINE)} />
        </Panel>
      </div>
    </div>
  );
}

interface Claims {
  id: string;
  /** The id without its topic and the name of the value. */
  path: string;
  term: string;
  authority: Authority;
  /** The value, or several under their names. */
  values: { name: string; claim: Claim }[];
}

interface CardProps {
  title: string;
  lead: string;
  rows: Claims[];
  asked?: [Stage, Check[]][];
}

function Card({ title, lead, rows: all, asked = [] }: CardProps) {
  return (
    <Panel title={title} class="card">
      <p class="soft">{lead}</p>
      {all.length === 0 ? <p>Nothing was read: an earlier check stopped it.</p> : <Groups rows={all} />}
      <Asked asked={asked} />
    </Panel>
  );
}

/** The rows under whose word they are. */
function Groups({ rows: all }: { rows: Claims[] }) {
  const authorities = [...new Set(all.map(({ authority }) => authority))];
  return (
    <>
      {authorities.map((authority) => (
        <div key={authority} class="word" data-authority={authority}>
          <h3>{WORD[authority]}</h3>
          <dl class="rows">
            {all.filter((row) => row.authority === authority).map((row) => (
              <div key={row.id}>
                <dt>
                  <Text value={row.term} />
                </dt>
                <dd>
                  <Values row={row} />
                </dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </>
  );
}

function Row({ term, value }: { term: string; value: string | undefined }) {
  if (!value) return null;
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        <Text value={value} />
      </dd>
    </div>
  );
}

function Folded({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <details class="folded">
      <summary>{title}</summary>
      {children}
    </details>
  );
}

/** More named values than this are folded. */
const FEW = 6;

function Values({ row }: { row: Claims }) {
  const [only] = row.values;
  if (only && row.values.length === 1) return <Claimed claim={only.claim} />;
  const list = (
    <ul class="values">
      {row.values.map(({ name, claim }) => (
        <li key={claim.id + claim.value}>
          <span class="soft"><Text value={name} /></span> <Claimed claim={claim} />
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

/** The checks behind a card, stage by stage, with how many of them hold, and what was found. */
function Asked({ asked }: { asked: [Stage, Check[]][] }) {
  return (
    <div class="asked">
      {asked.map(([stage, checks]) => (
        <Folded key={stage} title={`${STAGE[stage]}: ${held(checks)}`}>
          <ul class="checks">
            {checks.map((check) => (
              <li key={check.id} data-status={check.status}>
                <CheckRow check={check} values />
              </li>
            ))}
          </ul>
        </Folded>
      ))}
    </div>
  );
}

function held(checks: Check[]): string {
  const count = checks.filter(({ status }) => status === 'pass').length;
  return count === checks.length ? `all ${count} hold` : `${count} of ${checks.length} hold`;
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
function rows(claims: Claim[]): Claims[] {
  const found = new Map<string, Claims>();
  for (const claim of claims) {
    const path = claim.id.split('.');
    const [group, name] = path.length > 2 ? [path.slice(0, -1), path.at(-1) ?? ''] : [path, ''];
    const id = `${group.join('.')} ${claim.authority}`;
    const rest = group.length > 1 ? group.slice(1) : group;
    const row = found.get(id) ?? { id, path: rest.join('.'), term: words(rest.join(' ')), authority: claim.authority, values: [] };
    row.values.push({ name: words(name), claim });
    found.set(id, row);
  }
  return [...found.values()];
}
