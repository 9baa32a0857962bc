// The verifier in a Web Worker: the page stays responsive, and what goes wrong here stays here.
import * as kettle from 'kettle-verify/web';

import type { CallName, Calls, Fault, FromWorker, ToWorker } from './protocol';

type Handlers = {
  [Name in CallName]: (context: Context, ...given: Parameters<Calls[Name]>) => Promise<ReturnType<Calls[Name]>>;
};

interface Context {
  signal: AbortSignal;
  progress: (done: number, total: number | undefined, name: string) => void;
}

const handlers: Handlers = {
  open: (context, files, choices) => kettle.openBundle(files, { ...context, ...choices }),
  appraise: async (_, content, settings) => (await kettle.appraise(content, settings)).json,
  inspect: async (_, content, settings) => (await kettle.inspect(content, settings)).json,
  policyInit: async (_, content, settings, options) => {
    const { verdict, policy } = await kettle.policyInit(content, settings, options);
    return { verdict: verdict.json, ...(policy === undefined ? {} : { policy }) };
  },
  demands: (_, settings) => kettle.demands(settings),
  emit: (_, content, settings, format, dangerouslyEmitUnverified) =>
    kettle.emit(content, settings, format, { dangerouslyEmitUnverified }),
  sha256: async (_, bytes) => (await kettle.hashArtifact(bytes)).sha256,
  version: () => kettle.version(),
};

const running = new Map<number, AbortController>();
let core: Promise<void> | undefined;

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'core') core = kettle.init(unpack(data.text, data.pairs));
  else if (data.kind === 'cancel') running.get(data.id)?.abort();
  else void perform(data.id, data.name, data.given);
});

async function perform(id: number, name: CallName, given: unknown[]): Promise<void> {
  const end = new AbortController();
  running.set(id, end);
  const progress: Context['progress'] = (done, total, of) =>
    say({ kind: 'progress', id, progress: { name: of, done, ...(total === undefined ? {} : { total }) } });
  try {
    await core;
    const handler = handlers[name] as (context: Context, ...given: unknown[]) => Promise<unknown>;
    say({ kind: 'answer', id, answer: await handler({ signal: end.signal, progress: paced(progress) }, ...given) });
  } catch (error) {
    say({ kind: 'fault', id, fault: faultOf(error) });
  } finally {
    running.delete(id);
  }
}

function say(message: FromWorker): void {
  postMessage(message);
}

function faultOf(error: unknown): Fault {
  if (error instanceof kettle.KettleVerifyError) {
    return { code: error.code, location: error.location, message: error.message };
  }
  if (error instanceof DOMException && error.name === 'AbortError') {
    return { code: 'cancelled', location: '', message: 'cancelled' };
  }
  return { code: 'internal', location: '', message: error instanceof Error ? error.message : String(error) };
}

/** A message for each megabyte would keep the page busier than the hashing keeps this worker. */
const PACE = 50;

function paced(progress: Context['progress']): Context['progress'] {
  let last = -PACE;
  return (done, total, name) => {
    const now = performance.now();
    if (now - last < PACE && done !== total) return;
    last = now;
    progress(done, total, name);
  };
}

/** The inverse of `build/pack.mjs`: one character is one byte, and the bytes of each pair have changed places. */
function unpack(text: string, pairs: [number, number][]): Uint8Array {
  const places = new Map([...pairs, ...pairs.map(([one, other]) => [other, one] as const)]);
  const table = Uint8Array.from({ length: 256 }, (_, byte) => places.get(byte) ?? byte);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = table[text.charCodeAt(at)] ?? 0;
  return bytes;
}
