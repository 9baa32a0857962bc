// Everything that went into the build, as the provenance says, and what changed since another release.
import { useMemo, useState } from 'preact/hooks';

import { dependencies, type Dependency } from '../compare';
import { KettleFault } from '../client';
import { Comparison } from './comparison';
import { Copy, Panel, save, Text } from './parts';
import type { ViewProps } from './props';

type Grouping = 'ecosystem' | 'digest' | 'letter';

const KEY: Record<Grouping, (one: Dependency) => string> = {
  ecosystem: ({ type }) => type,
  digest: ({ digests }) => digests.map(([algorithm]) => algorithm).join(', ') || 'without a digest',
  letter: ({ name }) => (/^[a-z]/i.test(name) ? name.charAt(0).toUpperCase() : '#'),
};

export function Dependencies(props: ViewProps) {
  const { content } = props.opened;
  const all = useMemo(() => dependencies(content?.provenance), [content]);
  return (
    <div class="dependencies">
      <Panel title="Dependencies">
        <p class="soft">
          {all.length === 0
            ? 'The provenance names none.'
            : 'What the builder says went into the build. Digests are shown as they stand; nothing here was fetched or compared.'}
        </p>
        {all.length > 0 && <Table all={all} />}
        {all.length > 0 && <Export {...props} />}
      </Panel>
      <Comparison {...props} now={all} />
    </div>
  );
}

/** More rows than this keep a browser busy for seconds; they are searched and exported all the same. */
const MOST = 1000;

function Table({ all }: { all: Dependency[] }) {
  const [words, search] = useState('');
  const [grouping, group] = useState<Grouping>('ecosystem');
  const found = useMemo(() => fitting(all, words), [all, words]);
  const [most, widen] = useState(MOST);
  const groups = useMemo(() => grouped(found.slice(0, most), KEY[grouping]), [found, most, grouping]);
  return (
    <>
      <div class="row filter">
        <label>
          <span class="label">Find</span>
          <input type="search" value={words} placeholder="name, version, digest" onInput={(event) => search(event.currentTarget.value)} />
        </label>
        <label>
          <span class="label">Group by</span>
          <select value={grouping} onChange={(event) => group(event.currentTarget.value as Grouping)}>
            <option value="ecosystem">ecosystem</option>
            <option value="digest">digest</option>
            <option value="letter">first letter</option>
          </select>
        </label>
        <p role="status" class="soft">
          {found.length} of {all.length}
        </p>
      </div>
      <div class="table-scroll" tabIndex={0} role="group" aria-label="Table of dependencies">
        <div class="table" role="table" aria-label="Dependencies" aria-rowcount={found.length + 1}>
          <div class="table-head" role="row">
            {['Name', 'Version', 'Digest', 'Package URL'].map((title) => (
              <span key={title} role="columnheader">
                {title}
              </span>
            ))}
          </div>
          {groups.map(([key, list]) => (
            <Group key={key} title={key} list={list} />
          ))}
        </div>
        {found.length === 0 && <p class="soft">Nothing has all of these words in it.</p>}
      </div>
      {found.length > most && (
        <button type="button" class="button" onClick={() => widen(all.length)}>
          Show the other {found.length - most} as well
        </button>
      )}
    </>
  );
}

/** Rows below a heading of their own. The browser lays out only those that are in sight. */
function Group({ title, list }: { title: string; list: Dependency[] }) {
  return (
    <div role="rowgroup" class="table-group">
      <div role="row" class="table-title">
        <span role="cell">
          <Text value={title} /> <span class="soft">{list.length}</span>
        </span>
      </div>
      {list.map((one, index) => (
        <Row key={`${one.uri} ${index}`} one={one} />
      ))}
    </div>
  );
}

function Row({ one: { name, version, uri, digests } }: { one: Dependency }) {
  return (
    <div role="row" class="table-row">
      <span role="cell" class="table-name">
        <Text value={name} />
      </span>
      <span role="cell">
        <Text value={version} />
      </span>
      <span role="cell" class="table-digest">
        {digests.map(([algorithm, value]) => (
          <span key={algorithm} class="digest">
            <span class="soft">
              <Text value={algorithm} />
            </span>{' '}
            <code>
              <Text value={value} />
            </code>
            <Copy value={value} label={`the digest of ${name}`} />
          </span>
        ))}
      </span>
      <span role="cell" class="table-uri">
        <code>
          <Text value={uri} />
        </code>
      </span>
    </div>
  );
}

/** Each of the words has to occur somewhere. */
function fitting(all: Dependency[], words: string): Dependency[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ name, version, uri, digests }) => {
    const line = `${name} ${version} ${uri} ${digests.flat().join(' ')}`.toLowerCase();
    return wanted.every((word) => line.includes(word));
  });
}

function grouped(list: Dependency[], key: (one: Dependency) => string): [string, Dependency[]][] {
  const groups = new Map<string, Dependency[]>();
  for (const one of list) {
    const at = key(one);
    const group = groups.get(at);
    if (group) group.push(one);
    else groups.set(at, [one]);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** The core's own bill of materials. It refuses one for what it did not verify, unless that is asked for. */
function Export({ opened: { content }, settings, kettle }: ViewProps) {
  const [refusal, refuse] = useState('');
  const [anyway, set] = useState(false);
  const write = async () => {
    refuse('');
    try {
      if (content) save('bom.cdx.json', 'application/vnd.cyclonedx+json', await kettle.emit(content, settings, 'cyclonedx', anyway));
    } catch (error) {
      refuse(error instanceof KettleFault ? error.message : String(error));
    }
  };
  return (
    <div class="export">
      <button type="button" class="button" onClick={() => void write()}>
        Export as CycloneDX
      </button>
      {refusal !== '' && (
        <>
          <p role="alert">
            <Text value={refusal} />
          </p>
          <label class="row">
            <input type="checkbox" checked={anyway} onChange={(event) => set(event.currentTarget.checked)} />
            Export it although nothing vouches for it
          </label>
        </>
      )}
    </div>
  );
}
