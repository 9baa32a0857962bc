// The links of a verdict, each with the bytes behind it and the commands that recompute it.
import type { Link } from 'kettle-verify';

import type { Opened, Verdict } from '../protocol';
import { layout } from './cose';
import type { Recipe, Span } from './context';
import { partsOf, type Parts } from './parts';
import { quoteLayout } from './quote';
import { RECIPES } from './recipes';

export type { Part, Parts } from './parts';
export type { Span } from './context';

/** A link, as it can be looked at. */
export interface Seen {
  link: Link;
  spans: Span[];
  /** A script for bash, to be run in the folder of the bundle; empty where there is none. */
  script: string;
}

/** Everything about the links of a verdict. `trustRoot` is whether a trust-root file is in force. */
export function seen(verdict: Verdict, opened: Opened, trustRoot: boolean): { parts: Parts; links: Seen[] } {
  const parts: Parts = opened.content ? partsOf(opened.content, documentName(opened)) : new Map();
  const turns = new Map<string, number>();
  const [quote, document] = [parts.get('quote.bin'), parts.get('document.cbor')];
  const layouts = { quote: quote && quoteLayout(quote.bytes), document: document && layout(document.bytes) };
  const links = verdict.links.map((link): Seen => {
    const key = link.checks[0] ?? '';
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    const recipe = RECIPES[key]?.({ verdict, opened, parts, trustRoot, link, turn, ...layouts });
    return { link, spans: recipe?.spans ?? [], script: recipe ? script(recipe, parts) : '' };
  });
  return { parts, links };
}

/** What the one file of another system's format is called; nothing for bundles, whose files have fixed names. */
export function documentName({ files }: Opened): string | undefined {
  return files.find(({ role }) => role === 'document')?.name.split('/').at(-1);
}

/** The recipe's commands after those that make the files it needs. */
function script({ needs, lines }: Recipe, parts: Parts): string {
  const made = new Set(needs.flatMap((name) => parts.get(name)?.made ?? []));
  return [...made, ...lines].join('\n');
}

/** One script for the whole chain. */
export function wholeScript(links: Seen[]): string {
  const head = '#!/usr/bin/env bash\n# Recomputes each link with public tools. Run it in the folder of the bundle.\nset -eu -o pipefail\n';
  const each = links.filter((one) => one.script !== '').map((one, index) => `\n# ${index + 1}\n${one.script}\n`);
  return head + each.join('');
}
