// Small pieces that every view uses.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { parts, plain } from '../text';

/** A text from the input: isolated from its surroundings, with what is odd in it marked. */
export function Text({ value }: { value: string }) {
  return (
    <bdi>
      {parts(value).map((part, index) =>
        part.kind === 'plain' ? (
          part.text
        ) : (
          <span key={index} class="odd" title={part.why}>
            {part.text}
          </span>
        ),
      )}
    </bdi>
  );
}

/**
 * A sentence of the core's: what stands in backticks is set as code, and so are addresses and long hashes, of
 * which the eye gets the beginning where that is enough (`short`).
 */
export function Sentence({ value, short = false }: { value: string; short?: boolean }) {
  return (
    <>
      {value.split('`').map((part, index) =>
        index % 2 === 1 ? (
          <code key={index}>
            <Text value={part} />
          </code>
        ) : (
          part.split(TECHNICAL).map((piece, at) => (at % 2 === 1 ? <Technical key={`${index} ${at}`} value={piece} short={short} /> : <Text key={`${index} ${at}`} value={piece} />))
        ),
      )}
    </>
  );
}

/** An address, or hex of a Git commit's length and more. */
const TECHNICAL = /(https?:\/\/\S*[^\s.,;:]|\b[0-9a-f]{40,}\b)/;

/** So much of a hash is shown of it; all of it is there for copying, for a screen reader and on paper. */
const HEAD = 12;

function Technical({ value, short }: { value: string; short: boolean }) {
  const whole = !short || !/^[0-9a-f]+$/.test(value);
  return (
    <code title={plain(value)}>
      <Text value={whole ? value : value.slice(0, HEAD)} />
      {!whole && <span class="tail">{value.slice(HEAD)}</span>}
    </code>
  );
}

/** A value in fixed width, with a button that copies all of it. */
export function Value({ value, label }: { value: string; label: string }) {
  return (
    <span class="value">
      <code>
        <Text value={value} />
      </code>
      <Copy value={value} label={label} />
    </span>
  );
}

/** Puts a text on the clipboard and says so. `label` is what it is called. */
export function Copy({ value, label }: { value: string; label: string }) {
  const [said, say] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      say('copied');
    } catch {
      say('select it and copy by hand');
    }
  };
  return (
    <button type="button" class="copy" title={`Copy ${plain(label)}`} aria-label={`Copy ${plain(label)}`} onClick={copy} onBlur={() => say('')}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {said === 'copied' ? <path d="M3 8.5 6.5 12 13 4.5" /> : <path d="M6 3.5h6.5V12M3.5 6H10v7.5H3.5z" />}
      </svg>
      <span role="status" class="hidden">
        {said}
      </span>
    </button>
  );
}

/** A titled part of the page. */
export function Panel({ title, class: name = '', children }: { title: string; class?: string; children: ComponentChildren }) {
  const id = `panel-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return (
    <section class={`panel ${name}`} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** Saves a text as a file of this name. Nothing is sent anywhere. */
export function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The browser has taken hold of the Blob by the end of the click, but not of its address in every case.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
