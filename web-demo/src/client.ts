// The page's side of the worker.
import type { Content, EmitFormat, Inspection, PolicyInitOptions, Settings } from 'kettle-verify';

import type { CallName, Calls, Demands, Fault, FromWorker, GivenFile, OpenChoices, Opened, Progress, ToWorker, Verdict } from './protocol';
import { scriptUrl } from './trust';

/** Why there is no answer: something given can't be read, or the call was cancelled. */
export class KettleFault extends Error {
  override readonly name = 'KettleFault';
  readonly code: string;
  readonly location: string;

  constructor({ code, location, message }: Fault) {
    super(message);
    this.code = code;
    this.location = location;
  }
}

/** How a call is watched and ended. */
export interface Watch {
  progress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

/** The verifier, from the page. Nothing here decides; every answer is the core's. */
export interface Kettle {
  open(files: GivenFile[], choices?: OpenChoices, watch?: Watch): Promise<Opened>;
  appraise(content: Content, settings?: Settings): Promise<Verdict>;
  inspect(content: Content, settings?: Settings): Promise<Inspection>;
  policyInit(content: Content, settings?: Settings, options?: PolicyInitOptions): Promise<{ verdict: Verdict; policy?: string }>;
  demands(settings: Settings): Promise<Demands>;
  emit(content: Content, settings: Settings, format: EmitFormat, dangerouslyEmitUnverified?: boolean): Promise<string>;
  sha256(bytes: Uint8Array): Promise<Uint8Array>;
  version(): Promise<string>;
}

interface Waiting {
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
  progress: Watch['progress'];
}

/** The verifier, whose worker starts with the first call. Its script and the core are parts of this page. */
export function startKettle(): Kettle {
  const waiting = new Map<number, Waiting>();
  let worker: Promise<Worker> | undefined;
  let next = 0;

  function call<Name extends CallName>(name: Name, given: Parameters<Calls[Name]>, watch: Watch = {}): Promise<ReturnType<Calls[Name]>> {
    const id = (next += 1);
    const { signal, progress } = watch;
    const there = (worker ??= started((message) => settle(waiting, message)));
    // What could not be had is asked for again by the next call.
    there.catch(() => (worker = undefined));
    return new Promise((resolve, reject) => {
      if (signal?.aborted) reject(cancelled());
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject, progress });
      const tell = (message: ToWorker) => there.then((to) => to.postMessage(message), reject);
      signal?.addEventListener('abort', () => void tell({ kind: 'cancel', id }), { once: true });
      void tell({ kind: 'call', id, name, given });
    });
  }

  return {
    open: (files, choices = {}, watch = {}) => call('open', [files, choices], watch),
    appraise: async (content, settings = {}) => withText<Verdict>(await call('appraise', [content, settings])),
    inspect: async (content, settings = {}) => withText<Inspection>(await call('inspect', [content, settings])),
    policyInit: async (content, settings = {}, options = {}) => {
      const { verdict, policy } = await call('policyInit', [content, settings, options]);
      return { verdict: withText<Verdict>(verdict), ...(policy === undefined ? {} : { policy }) };
    },
    demands: (settings) => call('demands', [settings]),
    emit: (content, settings, format, dangerouslyEmitUnverified = false) =>
      call('emit', [content, settings, format, dangerouslyEmitUnverified]),
    sha256: (bytes) => call('sha256', [bytes]),
    version: () => call('version', []),
  };
}

async function started(hear: (message: FromWorker) => void): Promise<Worker> {
  const core = import('virtual:core');
  const { default: script } = await import('virtual:worker');
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  // A worker made from a Blob is under the policy of the page; one from an address would be under none.
  const worker = new Worker(scriptUrl(url) as unknown as URL, { name: 'kettle-verify' });
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => hear(data));
  const { default: text, pairs } = await core;
  worker.postMessage({ kind: 'core', text, pairs } satisfies ToWorker);
  return worker;
}

function settle(waiting: Map<number, Waiting>, message: FromWorker): void {
  const call = waiting.get(message.id);
  if (!call) return;
  if (message.kind === 'progress') return call.progress?.(message.progress);
  waiting.delete(message.id);
  if (message.kind === 'answer') call.resolve(message.answer);
  else call.reject(new KettleFault(message.fault));
}

function cancelled(): KettleFault {
  return new KettleFault({ code: 'cancelled', location: '', message: 'cancelled' });
}

/** A document with its text, frozen: what is shown is what the core said, whoever gets hold of it. */
function withText<T extends { readonly json: string }>(json: string): T {
  const read = JSON.parse(json, (_, value: unknown) => Object.freeze(value)) as object;
  return Object.freeze(Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(read), json: { value: json } })) as T;
}
