// What page and worker say to each other. The worker has the verifier; the page has none of it.
import type { Content, Demands, EmitFormat, Inspection, Opened, PolicyInitOptions, Settings, Verdict as PackageVerdict } from 'kettle-verify';

/** One file as the user gave it. A `Blob` is handed over by reference: its bytes stay where they are. */
export interface GivenFile {
  /** With `/` between folders, as in `my-build/artifacts/rg`. */
  name: string;
  data: Blob;
}

/** How a bundle is opened. */
export interface OpenChoices {
  /** The subjects asked for; none: all of them. */
  subjects?: string[];
  withoutArtifacts?: boolean;
}

/** A verdict, and `json`: its text, byte for byte the same in every language. */
export type Verdict = PackageVerdict;

/** The worker's calls: what is asked, what is answered. Verdicts travel as their text. */
export interface Calls {
  open: (files: GivenFile[], choices: OpenChoices) => Opened;
  appraise: (content: Content, settings: Settings) => string;
  inspect: (content: Content, settings: Settings) => string;
  policyInit: (content: Content, settings: Settings, options: PolicyInitOptions) => { verdict: string; policy?: string };
  demands: (settings: Settings) => Demands;
  emit: (content: Content, settings: Settings, format: EmitFormat, dangerouslyEmitUnverified: boolean) => string;
  sha256: (bytes: Uint8Array) => Uint8Array;
  version: () => string;
}

export type CallName = keyof Calls;

/** From the page: the core, once; then calls, and their ends. */
export type ToWorker =
  | { kind: 'core'; text: string; pairs: [number, number][] }
  | { kind: 'call'; id: number; name: CallName; given: unknown[] }
  | { kind: 'cancel'; id: number };

/** From the worker: how far it is, and one answer to each call. */
export type FromWorker =
  | { kind: 'progress'; id: number; progress: Progress }
  | { kind: 'answer'; id: number; answer: unknown }
  | { kind: 'fault'; id: number; fault: Fault };

/** How far a long read is. */
export interface Progress {
  /** The file, or the member of an archive. */
  name: string;
  /** Bytes read of it. */
  done: number;
  /** Its size, where that is known. */
  total?: number;
}

/** Why there is no answer. */
export interface Fault {
  code: string;
  /** The place in what was given; empty where it is the whole. */
  location: string;
  message: string;
}

export type { Demands, Inspection, Opened };
