// What was given, which part each file plays, and what is missing still.
import type { FileRole } from 'kettle-verify';

import { hex, size } from '../bytes';
import type { Opened } from '../protocol';
import { plain } from '../text';
import { Text, Value } from './parts';

const ROLE: Record<FileRole, string> = {
  provenance: 'provenance',
  evidence: 'evidence',
  artifact: 'artifact',
  collateral: 'collateral',
  policy: 'policy',
  trust_root: 'trust root',
  document: 'document',
  none: 'no part',
};

const MISSING: Record<Opened['missing'][number], { name: string; what: string }> = {
  provenance: { name: 'provenance.json', what: 'what the builder says it built, and from what' },
  evidence: { name: 'evidence.json', what: 'what the processor signed' },
  artifacts: { name: 'the binary', what: 'the file that you want to know about' },
};

const PARTS = Object.keys(MISSING) as Opened['missing'];

/** The parts of a bundle, before and while they come in. */
export function Slots({ opened }: { opened: Opened | undefined }) {
  return (
    <ul class="slots" aria-label="What a bundle consists of">
      {PARTS.map((part) => {
        const there = opened !== undefined && opened.files.length > 0 && !opened.missing.includes(part);
        const { name, what } = MISSING[part];
        return (
          <li key={part} data-there={there}>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d={there ? 'M3 8.5 6.5 12 13 4' : 'M8 3v10M3 8h10'} />
            </svg>
            <span>
              <strong>{name}</strong> <span class="soft">{what}</span>
            </span>
            <span class="slot-state">{there ? 'there' : opened ? 'still missing' : ''}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** What the verdict is about, in one line. */
export function Chips({ opened }: { opened: Opened }) {
  const used = opened.files.filter(({ role }) => role !== 'none');
  const shown = used.slice(0, CHIPS);
  return (
    <ul class="chips" aria-label="What the verdict is about">
      {shown.map((file) => (
        <li key={file.name}>
          <span class="soft">{ROLE[file.role]}</span> <Text value={file.name.split('/').at(-1) ?? file.name} />
        </li>
      ))}
      {used.length > CHIPS && <li>{used.length - CHIPS} more</li>}
      {opened.missing.map((part) => (
        <li key={part} data-missing>
          {MISSING[part].name} is still missing: drop it anywhere
        </li>
      ))}
    </ul>
  );
}

/** So many files are named before the rest is counted. */
const CHIPS = 8;

/** More rows than this keep a browser busy. */
const ROWS = 200;

export function Files({ opened, remove }: { opened: Opened; remove?: (name: string) => void }) {
  const rank = ({ role }: Opened['files'][number]) => (role === 'none' ? 1 : 0);
  const shown = [...opened.files].sort((one, other) => rank(one) - rank(other)).slice(0, ROWS);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Files that were given">
      <table class="files">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Part</th>
            <th scope="col">Size</th>
            <th scope="col">SHA-256</th>
            {remove && <th scope="col"><span class="hidden">Remove</span></th>}
          </tr>
        </thead>
        <tbody>
          {shown.map((file) => (
            <tr key={file.name} data-role={file.role}>
              <th scope="row">
                <Text value={file.name} />
              </th>
              <td>
                {ROLE[file.role]}
                {file.reason && <span class="soft">: <Text value={file.reason} /></span>}
              </td>
              <td class="number">{size(file.size)}</td>
              <td class="digest-cell">{file.sha256 && <Value value={hex(file.sha256)} label={`the SHA-256 of ${file.name}`} />}</td>
              {remove && (
                <td>
                  <button type="button" class="button quiet" onClick={() => remove(file.name)}>
                    Remove<span class="hidden"> {plain(file.name)}</span>
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {opened.files.length > ROWS && <p class="soft">And {opened.files.length - ROWS} more.</p>}
    </div>
  );
}
