// The package's coming interface, until it is there.
import type { Content, Settings, Verdict } from 'kettle-verify';

declare module 'kettle-verify' {
  export interface OpenOptions {
    progress?: (done: number, total: number | undefined, name: string) => void;
    signal?: AbortSignal;
    subjects?: Iterable<string>;
    withoutArtifacts?: boolean;
  }
  export interface Opened {
    content?: Content;
    files: OpenedFile[];
    missing: ('provenance' | 'evidence' | 'artifacts')[];
    policy?: Uint8Array;
    trustRoot?: Uint8Array;
  }
  export interface OpenedFile {
    name: string;
    role: FileRole;
    size: number;
    sha256?: Uint8Array;
    reason?: string;
  }
  export type FileRole = 'provenance' | 'evidence' | 'artifact' | 'collateral' | 'policy' | 'trust_root' | 'document' | 'none';
  export function openBundle(files: Iterable<{ name: string; data: Blob | Uint8Array | ArrayBuffer } | File>, options?: OpenOptions): Promise<Opened>;
  export interface Inspection {
    readonly json: string;
  }
  export function inspect(content: Content, settings?: Settings): Promise<Inspection>;
  export interface PolicyInitOptions {
    id?: string;
    registers?: number[];
    anyCommit?: boolean;
  }
  export function policyInit(content: Content, settings?: Settings, options?: PolicyInitOptions): Promise<{ verdict: Verdict; policy?: string }>;
  export function demands(settings: Settings): Promise<{ demands: string[]; expires: string; digest: string }>;
  export function emit(content: Content, settings: Settings, format: string, options?: { evenUnverified?: boolean }): Promise<string>;
}
