// The chain from the file to the vendor's root: both values of each link, whose word it is, and how to do it
// again without this page. Which links there are, and which of them hold, is the verdict's.
import { useMemo, useState } from 'preact/hooks';
import type { Check, Link, Status } from 'kettle-verify';

import type { Verdict } from '../protocol';
import { seen, wholeScript, type Parts, type Seen, type Span } from '../recompute';
import { Hex } from './hex';
import { StatusMark } from './marks';
import { Copy, save, Sentence, Text, Value } from './parts';
import type { ViewProps } from './props';
import { WORD } from './words';

export function Chain({ verdict, opened, settings }: ViewProps) {
  const { parts, links } = useMemo(() => seen(verdict, opened, settings.trustRoot !== undefined), [verdict, opened, settings]);
  const [current, go] = useState(0);
  const broken = verdict.checks.filter(({ id, status }) => status === 'fail' && !verdict.links.some(({ checks }) => checks.includes(id)));
  if (links.length === 0) return <Nothing broken={broken} />;
  return (
    <section class="chain" aria-labelledby="chain-title">
      <header class="chain-head">
        <div>
          <h2 id="chain-title">From your file to the vendor's root</h2>
          <p class="soft">Each link compares two values. Choose one to see where they come from and how to work them out yourself.</p>
        </div>
        <button type="button" class="button" onClick={() => save('recompute.sh', 'text/x-shellscript', wholeScript(links))}>
          Save all commands
        </button>
      </header>
      <ol class="links" role="list">
        {links.map((one, index) => (
          <Station key={index} one={one} index={index} open={index === current} verdict={verdict} parts={parts} go={() => go(index)} />
        ))}
        <li class="station end" role="listitem">
          <Node name={broken.length > 0 ? 'The chain ends here' : (links.at(-1)?.link.to ?? '')} />
          {broken.map((check) => (
            <p key={check.id} class="break">
              <StatusMark status={check.status} quiet /> <Sentence value={check.title} />
            </p>
          ))}
        </li>
      </ol>
    </section>
  );
}

/** Without a single link the checks still say why. */
function Nothing({ broken }: { broken: Check[] }) {
  return (
    <section class="panel">
      <h2>No link of the chain was established</h2>
      {broken.map((check) => (
        <p key={check.id}>
          <StatusMark status={check.status} /> <Sentence value={check.title} />
        </p>
      ))}
    </section>
  );
}

export function Node({ name }: { name: string }) {
  const [kind, ...rest] = name.split(' ');
  const named = rest.length > 0 && ['artifact', 'subject', 'certificate'].includes(kind ?? '');
  return (
    <span class="node">
      <span class="node-dot" aria-hidden="true" />
      <span class="node-name">
        {named ? (
          <>
            <span class="soft">{kind}</span> <Text value={rest.join(' ')} />
          </>
        ) : (
          <Text value={name} />
        )}
      </span>
    </span>
  );
}

interface StationProps {
  one: Seen;
  index: number;
  open: boolean;
  verdict: Verdict;
  parts: Parts;
  go(): void;
}

function Station({ one, index, open, verdict, parts, go }: StationProps) {
  const { link } = one;
  return (
    <li class="station" role="listitem" data-open={open} data-holds={link.holds}>
      <Node name={link.from} />
      <button type="button" class="link" aria-expanded={open} aria-controls={`link-${index}`} onClick={go}>
        <StatusMark status={link.holds ? 'pass' : 'fail'} quiet />
        <span class="link-values">
          <span class="hidden">
            <Text value={link.from} /> to <Text value={link.to} />:
          </span>
          <code>{short(link.left)}</code>
          <span class="link-sign" aria-hidden="true">
            {sign(link)}
          </span>
          <code>{short(link.right)}</code>
        </span>
      </button>
      <div class="link-detail" id={`link-${index}`} hidden={!open}>
        {open && <Detail one={one} verdict={verdict} parts={parts} />}
      </div>
    </li>
  );
}

/** Equal values read as equal; others stand for two things of which one leads to the other. */
function sign({ left, right, holds }: Link): string {
  if (!holds) return '≠';
  return left === right ? '=' : '→';
}

/** Enough of a value to tell it from another at a glance; all of it stands in the details. */
function short(value: string): string {
  return value.length > 15 ? `${value.slice(0, 6)}…${value.slice(-6)}` : value;
}

function Detail({ one: { link, spans, script }, verdict, parts }: { one: Seen; verdict: Verdict; parts: Parts }) {
  const checks = verdict.checks.filter(({ id }) => link.checks.includes(id));
  return (
    <>
      <h3 class="link-title">
        <Text value={link.from} /> <span class="soft">to</span> <Text value={link.to} />
      </h3>
      <Values link={link} />
      <ul class="link-checks">
        {checks.map((check) => (
          <LinkCheck key={check.id} check={check} />
        ))}
      </ul>
      {byPart(spans).map(([name, marks]) => {
        const bytes = parts.get(name)?.bytes;
        return bytes && <Hex key={name} name={name} bytes={bytes} marks={marks} />;
      })}
      {script !== '' && <Command script={script} />}
    </>
  );
}

function Values({ link }: { link: Link }) {
  return (
    <dl class="link-pair" data-equal={link.left === link.right}>
      {[
        [link.from, link.left],
        [link.to, link.right],
      ].map(([of = '', value = ''], index) => (
        <div key={index}>
          <dt>
            <Text value={of} />
          </dt>
          <dd>
            <Value value={value} label={`the value of ${of}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function LinkCheck({ check }: { check: Check }) {
  return (
    <li data-status={check.status}>
      <StatusMark status={check.status} />
      <div>
        <p>
          <Sentence value={check.title} />
        </p>
        <p class="soft">
          <code>{check.id}</code>, {WORD[check.authority]}
          {check.location !== '' && (
            <>
              , at <Text value={check.location} />
            </>
          )}
        </p>
        <p class="soft clause">{check.clause}</p>
      </div>
    </li>
  );
}

function Command({ script }: { script: string }) {
  return (
    <figure class="command">
      <figcaption>
        <span>Do it yourself, in the bundle's folder</span>
        <Copy value={script} label="the commands" />
      </figcaption>
      <pre tabIndex={0} role="group" aria-label="Commands">
        <code>{script}</code>
      </pre>
    </figure>
  );
}

function byPart(spans: Span[]): [string, Span[]][] {
  const names = [...new Set(spans.map(({ part }) => part))];
  return names.map((name) => [name, spans.filter(({ part }) => part === name)]);
}

/** What became of a link: the worst of its checks. */
export function linkStatus(link: Link, checks: Check[]): Status {
  const own = checks.filter(({ id }) => link.checks.includes(id)).map(({ status }) => status);
  const worst: Status[] = ['fail', 'inconclusive', 'not_reached', 'waived'];
  return worst.find((status) => own.includes(status)) ?? (own.length > 0 ? 'pass' : 'not_reached');
}
