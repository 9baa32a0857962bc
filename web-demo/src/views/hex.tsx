// Bytes as offsets, hex and characters, with ranges marked. Long stretches without a mark are folded.
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { Range } from '../pointer';
import { offset } from '../recompute/shell';
import { plain } from '../text';
import { Text } from './parts';

export interface Mark extends Range {
  /** What these bytes are. */
  what: string;
}

interface HexProps {
  /** What the bytes are called. */
  name: string;
  bytes: Uint8Array;
  marks: Mark[];
  /** Called with the offset of a byte that was clicked; without it the bytes are for reading only. */
  pick?: (at: number) => void;
}

/** Bytes in a row: eight are what a phone has room for. */
const ROW = 16;
const NARROW = 8;

/** The pixels that a row of sixteen takes. */
const ROOM = 560;

/** Rows around a mark; rows at each end of a long one. */
const AROUND = 1;
const ENDS = 4;

/** From here on the browser lays out only the rows in sight. */
const MANY = 100;

export function Hex({ name, bytes, marks, pick }: HexProps) {
  const [whole, show] = useState(false);
  const [width, fit] = useState(ROW);
  const figure = useRef<HTMLElement>(null);
  useLayoutEffect(() => fit((figure.current?.clientWidth ?? ROOM) < ROOM ? NARROW : ROW), []);
  const rows = useMemo(() => chosen(bytes.length, marks, width, whole), [bytes, marks, width, whole]);
  const clicked = (event: MouseEvent) => {
    const at = (event.target as Element).closest<HTMLElement>('[data-at]')?.dataset['at'];
    if (at !== undefined) pick?.(Number(at));
  };
  return (
    <figure class="hex" ref={figure}>
      <figcaption>
        <code>
          <Text value={name} />
        </code>
        <span class="soft">{bytes.length} bytes</span>
        {marks.map((mark, index) => (
          <span key={index} class="hex-key" data-mark={index % 4}>
            {mark.what} <code>{`${offset(mark.from)}..${offset(mark.to)}`}</code>
          </span>
        ))}
      </figcaption>
      <div class="hex-rows" data-many={rows.length > MANY} data-picks={pick !== undefined} tabIndex={0} role="group" aria-label={`Bytes of ${plain(name)}`} onClick={clicked}>
        {rows.map((row) =>
          row.kind === 'gap' ? (
            <div key={row.from} class="hex-gap">
              {row.to - row.from} bytes
            </div>
          ) : (
            <Row key={row.from} bytes={bytes} from={row.from} width={width} marks={marks} picks={pick !== undefined} />
          ),
        )}
      </div>
      {(whole || rows.some(({ kind }) => kind === 'gap')) && (
        <button type="button" class="button quiet" aria-expanded={whole} onClick={() => show(!whole)}>
          {whole ? 'Only what is marked' : 'All bytes'}
        </button>
      )}
    </figure>
  );
}

interface RowProps {
  bytes: Uint8Array;
  from: number;
  width: number;
  marks: Mark[];
  picks: boolean;
}

function Row({ bytes, from, width, marks, picks }: RowProps) {
  const row = bytes.subarray(from, from + width);
  const runs = segments(from, row.length, marks);
  return (
    <div class="hex-row">
      <span class="hex-offset">{from.toString(16).padStart(4, '0')}</span>
      <span class="hex-bytes">
        {runs.map((run) => (
          <span key={run.from} class={run.mark < 0 ? '' : 'marked'} data-mark={run.mark < 0 ? undefined : run.mark % 4}>
            {picks ? single(bytes, run) : pairs(bytes.subarray(run.from, run.to))}
          </span>
        ))}
      </span>
      <span class="hex-text" aria-hidden="true">
        {runs.map((run) => (
          <span key={run.from} class={run.mark < 0 ? '' : 'marked'} data-mark={run.mark < 0 ? undefined : run.mark % 4}>
            {letters(bytes.subarray(run.from, run.to))}
          </span>
        ))}
      </span>
    </div>
  );
}

interface Run extends Range {
  /** The index of the mark, or -1. */
  mark: number;
}

/** A row in runs of bytes under the same mark. A later mark lies over an earlier one. */
function segments(from: number, size: number, marks: Mark[]): Run[] {
  const runs: Run[] = [];
  for (let at = from; at < from + size; at += 1) {
    const mark = over(marks, at);
    const last = runs.at(-1);
    if (last && last.mark === mark) last.to = at + 1;
    else runs.push({ from: at, to: at + 1, mark });
  }
  return runs;
}

function over(marks: Mark[], at: number): number {
  return marks.reduce((found, one, index) => (one.from <= at && at < one.to ? index : found), -1);
}

function single(bytes: Uint8Array, run: Run) {
  return Array.from(bytes.subarray(run.from, run.to), (byte, index) => (
    <span key={index} data-at={run.from + index}>
      {byte.toString(16).padStart(2, '0')}{' '}
    </span>
  ));
}

function pairs(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `${byte.toString(16).padStart(2, '0')} `).join('');
}

function letters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
}

interface Shown extends Range {
  kind: 'row' | 'gap';
}

/** The rows to show: those of the marks and around them, or all of them. */
function chosen(size: number, marks: Mark[], width: number, whole: boolean): Shown[] {
  const count = Math.ceil(size / width);
  const wanted = new Set<number>();
  const want = (first: number, last: number) => {
    for (let row = Math.max(first, 0); row <= Math.min(last, count - 1); row += 1) wanted.add(row);
  };
  if (whole || count <= 2 * ENDS) want(0, count - 1);
  if (marks.length === 0) want(0, ENDS - 1);
  for (const { from, to } of marks) {
    const [first, last] = [Math.floor(from / width), Math.floor((to - 1) / width)];
    if (last - first <= 2 * ENDS) want(first - AROUND, last + AROUND);
    else {
      want(first - AROUND, first + ENDS - 1);
      want(last - ENDS + 1, last + AROUND);
    }
  }
  const shown: Shown[] = [];
  for (let row = 0; row < count; row += 1) {
    const [from, to] = [row * width, Math.min((row + 1) * width, size)];
    const last = shown.at(-1);
    if (wanted.has(row)) shown.push({ kind: 'row', from, to });
    else if (last?.kind === 'gap') last.to = to;
    else shown.push({ kind: 'gap', from, to });
  }
  return shown;
}
