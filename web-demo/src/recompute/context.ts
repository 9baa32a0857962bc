// What a recipe is given and what it yields.
import type { Link } from 'kettle-verify';

import type { Range } from '../pointer';
import type { Opened, Verdict } from '../protocol';
import type { CoseLayout } from './cose';
import type { Parts } from './parts';
import type { QuoteLayout } from './quote';

/** Bytes worth looking at for a link. */
export interface Span extends Range {
  /** The part's name. */
  part: string;
  /** What they are. */
  what: string;
}

/** How a link is recomputed with public tools. */
export interface Recipe {
  spans: Span[];
  /** Parts that have to be files first. */
  needs: string[];
  /** The commands, in order. */
  lines: string[];
}

export interface Context {
  verdict: Verdict;
  opened: Opened;
  parts: Parts;
  /** Whether a trust-root file is in force. */
  trustRoot: boolean;
  link: Link;
  /** How many links before this one have the same recipe. */
  turn: number;
  /** Offsets of the TDX quote; nothing where there is none. */
  quote: QuoteLayout | undefined;
  /** Offsets of the document; nothing where there is none. */
  document: CoseLayout | undefined;
}

export type Recompute = (context: Context) => Recipe | undefined;

/** The value of a claim; empty where nobody makes it. */
export function claim({ verdict }: Context, id: string): string {
  return verdict.claims.find((one) => one.id === id)?.value ?? '';
}

/** A span, where the part has these bytes. */
export function span({ parts }: Context, part: string, from: number, to: number, what: string): Span[] {
  const size = parts.get(part)?.bytes.length ?? 0;
  return from >= 0 && from < to && to <= size ? [{ part, from, to, what }] : [];
}
