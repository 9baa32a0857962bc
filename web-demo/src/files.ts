// What a drop, a paste or a choice holds, as a flat list of files with their paths.
import type { GivenFile } from './protocol';

/** More than any bundle has; the package has its own bound and says so. */
const MOST = 20_000;

/** The files of a drop or a paste, folders included. Must be called before the event ends. */
export async function filesOf(transfer: DataTransfer): Promise<GivenFile[]> {
  // The list is emptied when the event is over, so everything is taken out of it before anything is awaited.
  const loose = Array.from(transfer.files, named);
  const items = Array.from(transfer.items).filter(({ kind }) => kind === 'file');
  const found: GivenFile[] = [];
  if (items.every((item) => HANDLES in item)) {
    const handles = await Promise.all(items.map((item) => (item as unknown as HandleItem)[HANDLES]().catch(() => null)));
    if (handles.length > 0 && handles.every((handle) => handle != null)) {
      for (const handle of handles) await walkHandle(handle, '', found);
      return found;
    }
    return loose;
  }
  const entries = items.map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null);
  if (entries.length === 0) return loose;
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** Chromium's entries can't be read by a page that comes from a file itself; its handles can. */
const HANDLES = 'getAsFileSystemHandle';

interface Handle {
  readonly kind: 'file' | 'directory';
  readonly name: string;
  getFile(): Promise<File>;
  values(): AsyncIterable<Handle>;
}

interface HandleItem {
  [HANDLES](): Promise<Handle | null | undefined>;
}

async function walkHandle(handle: Handle, path: string, found: GivenFile[]): Promise<void> {
  if (found.length >= MOST) return;
  const name = path + handle.name;
  if (handle.kind === 'file') found.push({ name, data: await handle.getFile() });
  else for await (const inner of handle.values()) await walkHandle(inner, `${name}/`, found);
}

/** A file under its path below the folder that was chosen, or its name. */
export function named(file: File): GivenFile {
  return { name: file.webkitRelativePath || file.name, data: file };
}

async function walk(entry: FileSystemEntry, found: GivenFile[]): Promise<void> {
  if (found.length >= MOST) return;
  if (entry.isFile) {
    const data = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    found.push({ name: entry.fullPath.replace(/^\//, ''), data });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives a folder in portions, and an empty one at its end.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (portion.length === 0) return;
    for (const inner of portion) await walk(inner, found);
  }
}

let pastes = 0;

/** A text that was pasted, as a file: its role is found by its content. */
export function pasted(text: string): GivenFile {
  pastes += 1;
  return { name: `pasted text ${pastes}`, data: new Blob([text]) };
}
