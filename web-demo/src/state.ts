// Everything that the page knows, in one store. It holds what was given and what the core said of it.
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Settings } from 'kettle-verify';

import { KettleFault, type Kettle } from './client';
import type { Fault, GivenFile, OpenChoices, Opened, Progress, Verdict } from './protocol';

/** A document of whoever asks, and what it is called. */
export interface Document {
  name: string;
  bytes: Uint8Array;
}

/** What an appraisal is made under, as it was chosen here. */
export interface Choices {
  policy?: Document;
  trustRoot?: Document;
  /** RFC 3339, UTC; without one, the clock's. */
  now?: string;
  /** The bundle by itself, without the files that were built. */
  alone?: true;
}

/** What is going on. */
export type Status =
  | { kind: 'idle' }
  | { kind: 'opening'; progress?: Progress }
  | { kind: 'appraising' }
  | { kind: 'fault'; fault: Fault };

/** A verdict with what it was made from. */
export interface Appraised {
  verdict: Verdict;
  opened: Opened;
  settings: Settings;
  /** The choices that the settings come from, with the names of their documents. */
  choices: Choices;
}

export interface Store {
  kettle: Kettle;
  given: ReadonlySignal<GivenFile[]>;
  opened: ReadonlySignal<Opened | undefined>;
  choices: ReadonlySignal<Choices>;
  appraised: ReadonlySignal<Appraised | undefined>;
  status: ReadonlySignal<Status>;
  busy: ReadonlySignal<boolean>;
  /** Adds files to those that are there. */
  give(files: GivenFile[]): Promise<void>;
  /** Takes these files, and these settings, in place of everything that is there. */
  replace(files: GivenFile[], choices?: Choices): Promise<void>;
  remove(name: string): Promise<void>;
  clear(): void;
  /** Lets go of everything, because it could not be had. */
  fail(fault: Fault): void;
  /** Ends a read that is going on; what was given stays away. */
  cancel(): void;
  /** Puts a policy in force, or none. */
  adopt(policy: Document | undefined): Promise<void>;
  trust(root: Document | undefined): Promise<void>;
  at(now: string | undefined): Promise<void>;
  /** Leaves the files that were built aside, or asks for them again. */
  alone(yes: boolean): Promise<void>;
}

export function createStore(kettle: Kettle): Store {
  const given = signal<GivenFile[]>([]);
  const opened = signal<Opened | undefined>();
  const choices = signal<Choices>({});
  const appraised = signal<Appraised | undefined>();
  const status = signal<Status>({ kind: 'idle' });
  let reading: AbortController | undefined;

  /** Opens files; where they are no bundle by themselves, `together` in their place, if there is such a thing. */
  async function open(files: GivenFile[], kept: GivenFile[], together?: GivenFile[]): Promise<void> {
    reading?.abort();
    const mine = (reading = new AbortController());
    status.value = { kind: 'opening' };
    const progress = (now: Progress) => {
      if (mine === reading) status.value = { kind: 'opening', progress: now };
    };
    try {
      const narrowing: OpenChoices = choices.value.alone ? { withoutArtifacts: true } : {};
      const result = await kettle.open(files, narrowing, { signal: mine.signal, progress });
      if (mine !== reading) return;
      if (together && !result.content) return await open(together, kept);
      // What was shown before stays until there is something else to show.
      const next = await judged(result);
      if (mine !== reading) return;
      batch(() => {
        given.value = files;
        opened.value = result;
        appraised.value = next;
        status.value = { kind: 'idle' };
      });
      if (next && next.choices !== choices.value) await appraise();
    } catch (error) {
      if (mine !== reading) return;
      const fault = faultOf(error);
      batch(() => {
        given.value = kept;
        status.value = fault.code === 'cancelled' ? { kind: 'idle' } : { kind: 'fault', fault };
      });
    }
  }

  /** The verdict on what was opened, under the choices in force; none where there is no bundle yet. */
  async function judged(source: Opened): Promise<Appraised | undefined> {
    if (!source.content) return undefined;
    status.value = { kind: 'appraising' };
    const chosen = choices.value;
    const settings = settingsOf(chosen);
    return { verdict: await kettle.appraise(source.content, settings), opened: source, settings, choices: chosen };
  }

  async function appraise(): Promise<void> {
    const source = opened.value;
    if (!source) {
      status.value = { kind: 'idle' };
      return;
    }
    try {
      const next = await judged(source);
      if (source !== opened.value || (next && next.choices !== choices.value)) return;
      batch(() => {
        appraised.value = next;
        status.value = { kind: 'idle' };
      });
    } catch (error) {
      status.value = { kind: 'fault', fault: faultOf(error) };
    }
  }

  function forget(next: Status): void {
    reading?.abort();
    reading = undefined;
    batch(() => {
      given.value = [];
      opened.value = undefined;
      appraised.value = undefined;
      choices.value = {};
      status.value = next;
    });
  }

  /** A choice that the core refuses is not kept: the verdict that is shown stays the one in force. */
  async function choose(next: Choices): Promise<void> {
    const before = choices.value;
    choices.value = next;
    await appraise();
    if (status.value.kind === 'fault') choices.value = before;
  }

  return {
    kettle,
    given,
    opened,
    choices,
    appraised,
    status,
    busy: computed(() => status.value.kind === 'opening' || status.value.kind === 'appraising'),
    give: (files) => {
      // Whoever gives a file wants to know about it.
      choices.value = without(choices.value, 'alone', undefined);
      const together = [...given.value, ...files];
      const another = given.value.length > 0 && mayBeWhole(files);
      return another ? open(files, given.value, together) : open(together, given.value);
    },
    replace: (files, next = {}) => {
      forget({ kind: 'idle' });
      choices.value = next;
      return open(files, []);
    },
    remove: (name) => {
      const left = given.value.filter((file) => file.name !== name);
      return open(left, left);
    },
    clear: () => forget({ kind: 'idle' }),
    fail: (fault) => forget({ kind: 'fault', fault }),
    cancel: () => reading?.abort(),
    adopt: (policy) => choose(without(choices.value, 'policy', policy)),
    trust: (root) => choose(without(choices.value, 'trustRoot', root)),
    at: (now) => choose(without(choices.value, 'now', now)),
    alone: (yes) => {
      choices.value = without(choices.value, 'alone', yes || undefined);
      return open(given.value, given.value);
    },
  };
}

/** Whether files may be another bundle, rather than more of the one that is there: a folder, or an archive. */
function mayBeWhole(files: GivenFile[]): boolean {
  return files.length > 1 || files.some(({ name }) => /\.(?:zip|tar|tgz|gz)$/i.test(name));
}

/** The choices with `name` set to `value`, or without it. */
function without<Name extends keyof Choices>(choices: Choices, name: Name, value: Choices[Name] | undefined): Choices {
  const { [name]: _, ...others } = choices;
  return value === undefined ? (others as Choices) : { ...choices, [name]: value };
}

/** The choices as the package takes them. */
export function settingsOf({ policy, trustRoot, now }: Choices): Settings {
  return {
    now: now ?? `${new Date().toISOString().slice(0, 19)}Z`,
    ...(policy ? { policy: policy.bytes } : {}),
    ...(trustRoot ? { trustRoot: trustRoot.bytes } : {}),
  };
}

function faultOf(error: unknown): Fault {
  if (error instanceof KettleFault) return { code: error.code, location: error.location, message: error.message };
  return { code: 'internal', location: '', message: error instanceof Error ? error.message : String(error) };
}
