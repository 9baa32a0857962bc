// Where a bundle comes in: dropped, pasted or chosen, in any order.
import { useEffect, useRef, useState } from 'preact/hooks';

import { size } from '../bytes';
import { filesOf, named, pasted } from '../files';
import type { GivenFile, Progress } from '../protocol';
import { Text } from './parts';

interface DropProps {
  /** Whether nothing was given yet, and the zone is the page's main thing. */
  large: boolean;
  busy: boolean;
  progress: Progress | undefined;
  give(files: GivenFile[]): Promise<void>;
  cancel(): void;
}

export function Drop({ large, busy, progress, give, cancel }: DropProps) {
  const over = useWindowDrop(give);
  const file = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    const files = Array.from(input.files ?? [], named);
    // Without this, choosing the same files again would be no change.
    input.value = '';
    if (files.length > 0) void give(files);
  };
  const changed = (event: Event) => take(event.currentTarget as HTMLInputElement);
  // The document is there before its script, and files may have been chosen by then.
  useEffect(() => [file, folder].forEach(({ current }) => current && take(current)), []);
  const inputs = (
    <>
      <input ref={file} class="hidden" type="file" multiple tabIndex={-1} aria-hidden="true" data-testid="files" onChange={changed} />
      <input ref={folder} class="hidden" type="file" tabIndex={-1} aria-hidden="true" data-testid="folder" onChange={changed} {...{ webkitdirectory: true }} />
    </>
  );
  if (!large) {
    return (
      <>
        <button type="button" class="button" onClick={() => file.current?.click()}>
          {over ? 'Let go' : 'Add files'}
        </button>
        {inputs}
        {busy && <Reading progress={progress} cancel={cancel} />}
      </>
    );
  }
  return (
    <section class="drop" data-over={over} aria-label="Give files">
      <div class="drop-inner">
        <p class="drop-title">{over ? 'Let go' : 'Drop a bundle here, with the binary'}</p>
        <p class="soft">A folder, an archive or loose files in any order. You can also paste. They stay on this device.</p>
        <div class="row">
          <button type="button" class="button primary" onClick={() => file.current?.click()}>
            Choose files
          </button>
          <button type="button" class="button" onClick={() => folder.current?.click()}>
            Choose a folder
          </button>
          {inputs}
        </div>
      </div>
      {busy && <Reading progress={progress} cancel={cancel} />}
    </section>
  );
}

function Reading({ progress, cancel }: { progress: Progress | undefined; cancel(): void }) {
  const known = progress?.total !== undefined && progress.total > 0;
  return (
    <div class="reading">
      <label>
        <span class="reading-name">{progress ? <>Reading <Text value={progress.name} /></> : 'Reading'}</span>
        <progress {...(known ? { max: progress.total, value: progress.done } : {})} />
      </label>
      <span class="reading-size">{progress && `${size(progress.done)}${known ? ` of ${size(progress.total ?? 0)}` : ''}`}</span>
      <button type="button" class="button" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
}

/** The whole window takes drops and pastes: a file let go beside the zone must not open in its place. */
function useWindowDrop(give: DropProps['give']): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const end = new AbortController();
    const listen = <Name extends keyof WindowEventMap>(name: Name, hear: (event: WindowEventMap[Name]) => void) =>
      window.addEventListener(name, hear, { signal: end.signal });
    listen('dragover', (event) => {
      event.preventDefault();
      setOver(true);
    });
    listen('dragleave', (event) => {
      if (!event.relatedTarget) setOver(false);
    });
    listen('drop', (event) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void filesOf(event.dataTransfer).then((files) => (files.length > 0 ? give(files) : undefined));
    });
    listen('paste', (event) => {
      if (!event.clipboardData || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
      const text = event.clipboardData.getData('text/plain');
      void filesOf(event.clipboardData).then((files) => {
        if (files.length > 0) return give(files);
        return text.trim() === '' ? undefined : give([pasted(text)]);
      });
    });
    return () => end.abort();
  }, [give]);
  return over;
}
