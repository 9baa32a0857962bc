import { constants, createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { KettleVerifyError } from './errors.js';
import type { Origin } from './origin.js';

/** A file that somebody named: a link is followed, it is their word and not the bundle's. */
export async function file(path: string): Promise<Origin> {
  const { size } = await stat(path);
  return { name: basename(resolve(path)), size, stream: (from, to) => read(path, from, to) };
}

/** What lies at a path: a file, or the files of a folder, which may be hostile. */
export async function files(path: string, enters: (folder: string) => boolean): Promise<Origin[]> {
  const found = await stat(path);
  if (!found.isDirectory()) return [await file(path)];
  const top = basename(resolve(path));
  const listed: Origin[] = [];
  await walk(path, '', top, enters, listed);
  return listed;
}

async function walk(
  folder: string,
  within: string,
  top: string,
  enters: (folder: string) => boolean,
  listed: Origin[],
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const [path, below] = [join(folder, entry.name), within ? `${within}/${entry.name}` : entry.name];
    if (entry.isDirectory()) {
      if (enters(below)) await walk(path, below, top, enters, listed);
      continue;
    }
    if (!entry.isFile()) throw special(path);
    const { size } = await stat(path);
    listed.push({ name: `${top}/${below}`, size, stream: (from, to) => read(path, from, to, constants.O_NOFOLLOW) });
  }
}

async function* read(path: string, from = 0, to = Infinity, flags = 0): AsyncGenerator<Uint8Array> {
  if (to <= from) return;
  const handle = await open(path, constants.O_RDONLY | flags);
  const most = { start: from, end: to - 1, highWaterMark: 1 << 18 };
  yield* createReadStream('', { fd: handle, ...most }) as AsyncIterable<Uint8Array>;
}

function special(path: string): KettleVerifyError {
  return new KettleVerifyError('special', path, `\`${path}\`: a link or a device, where only regular files are read`);
}
