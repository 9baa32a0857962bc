// What a drop, a paste or a choice holds, as a flat list of files with their paths.
import type { GivenFile } from './protocol';

/** More than any bundle has; the package has its own bound and says so. */
const MOST = 20_000;

/** The files of a drop or a paste, folders included. Must be called before the event ends. */
export async function filesOf(transfer: DataTransfer): Promise<GivenFile[]> {
  // The list is emptied when the event is over, so everything is taken out of it before anything is awaited.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null);
  const loose = Array.from(transfer.files, named);
  if (entries.length === 0) return loose;
  const found: GivenFile[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
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

/** A text that was pasted, as a file: its role is found by its content. */
export function pasted(text: string): GivenFile {
  return { name: 'pasted text', data: new Blob([text]) };
}
