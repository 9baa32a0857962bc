// What a provenance says of its dependencies, and what changed from one release to the next.
import type { Claim } from 'kettle-verify';

import { textOf } from './bytes';
import type { Verdict } from './protocol';
import { json, member } from './recompute/parts';

export interface Dependency {
  name: string;
  /** What comes after `@` in the package URL; empty where there is none. */
  version: string;
  /** The package URL or address, as it stands. */
  uri: string;
  /** The first word of the package URL's path: `cargo`, `npm`; else the scheme. */
  type: string;
  /** Algorithm and value, in the document's order. */
  digests: [algorithm: string, value: string][];
}

/** The dependencies in the document's order. Whatever has another form is shown by what it has. */
export function dependencies(provenance: Uint8Array | string | undefined): Dependency[] {
  const path = ['predicate', 'buildDefinition', 'resolvedDependencies'];
  const list = provenance === undefined ? undefined : path.reduce(member, json(textOf(provenance)));
  return Array.isArray(list) ? list.map(dependency) : [];
}

function dependency(entry: unknown): Dependency {
  const uri = text(member(entry, 'uri'));
  const digest = member(entry, 'digest');
  const digests = typeof digest === 'object' && digest !== null ? Object.entries(digest) : [];
  const path = /^pkg:([^/?#@]+)\/([^?#]*)/.exec(uri);
  const at = path?.[2]?.lastIndexOf('@') ?? -1;
  return {
    name: text(member(entry, 'name')) || uri,
    version: at > 0 ? decoded(path?.[2]?.slice(at + 1) ?? '') : '',
    uri,
    type: path?.[1] ?? /^[a-z][a-z0-9+.-]*/i.exec(uri)?.[0] ?? 'other',
    digests: digests.map(([algorithm, value]) => [algorithm, text(value)]),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export interface Change {
  kind: 'added' | 'removed' | 'updated' | 'rehashed';
  name: string;
  type: string;
  /** Before; none where it was added. */
  before?: Dependency;
  /** After; none where it was removed. */
  after?: Dependency;
}

/** What is different in `after`, by name. Nothing that is in one list only is left out. */
export function changes(before: Dependency[], after: Dependency[]): Change[] {
  const [old, now] = [grouped(before), grouped(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.flatMap((key) => changed(old.get(key) ?? [], now.get(key) ?? []));
}

/** Of one name: what is the same in both lists goes out in pairs, then the same versions, then what is left. */
function changed(before: Dependency[], after: Dependency[]): Change[] {
  const found: Change[] = [];
  const come = [...after];
  const gone = before.filter((one) => !take(come, (other) => fingerprint(other) === fingerprint(one)));
  const moved = gone.filter((one) => {
    const same = take(come, ({ version }) => version === one.version);
    if (same) found.push(change('rehashed', one, same));
    return !same;
  });
  while (moved.length > 0 && come.length > 0) found.push(change('updated', moved.shift(), come.shift()));
  return [...found, ...moved.map((one) => change('removed', one)), ...come.map((one) => change('added', undefined, one))];
}

/** Takes the first that fits out of the list. */
function take(list: Dependency[], fits: (one: Dependency) => boolean): Dependency | undefined {
  const at = list.findIndex(fits);
  return at < 0 ? undefined : list.splice(at, 1)[0];
}

function change(kind: Change['kind'], before?: Dependency, after?: Dependency): Change {
  const { name, type } = after ?? before ?? { name: '', type: '' };
  return { kind, name, type, ...(before ? { before } : {}), ...(after ? { after } : {}) };
}

/** The digests with the address: a source that moved is no less of a change than other bytes. */
function fingerprint({ digests, uri }: Dependency): string {
  return JSON.stringify([digests, uri]);
}

function grouped(list: Dependency[]): Map<string, Dependency[]> {
  const groups = new Map<string, Dependency[]>();
  for (const one of list) {
    const key = JSON.stringify([one.type, one.name]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

export interface ClaimChange {
  id: string;
  before: string;
  after: string;
}

/** What the builder says otherwise than before: source, toolchain, times, and whatever else it claims. */
export function claimChanges(before: Verdict, after: Verdict): ClaimChange[] {
  const said = (claims: readonly Claim[], id: string) =>
    claims.filter((one) => one.id === id).map(({ value }) => value).join(', ');
  const ids = new Set([...before.claims, ...after.claims].filter(({ authority }) => authority === 'provenance').map(({ id }) => id));
  return [...ids]
    .map((id) => ({ id, before: said(before.claims, id), after: said(after.claims, id) }))
    .filter((one) => one.before !== one.after);
}
