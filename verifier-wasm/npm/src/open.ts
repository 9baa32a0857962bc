import type { Content } from './appraise.js';
import { Damaged, checkAbort, translated } from './errors.js';
import { freed } from './handle.js';
import { type Watch, pass } from './hash.js';
import { init } from './load.js';
import { type Origin, origins } from './origin.js';
import { type Packing, platform } from './platform.js';
import { Stream } from './stream.js';
import type { ArtifactMode, BundleKind } from './types.js';
import { type Opened as CoreOpened, Opening } from './wasm/kettle_verify.js';

/** A file by its name, with `/` between the parts where it lay in a folder: `my-build/artifacts/rg`. */
export interface GivenFile {
  name: string;
  data: Blob | Uint8Array | ArrayBuffer;
}

/** What is opened: the files of a folder, an archive, or loose files in any order. In Node also paths of them. */
export type Given = Iterable<GivenFile | File | string> | string;

/** How a bundle is opened. */
export interface OpenOptions {
  /** Is told how many bytes of a file, or of an archive's member, were read. */
  progress?: (done: number, total: number | undefined, name: string) => void;
  /** Ends the reading; the call then throws the signal's reason. */
  signal?: AbortSignal;
  /** The subjects that are asked for; without any, all of them. */
  subjects?: Iterable<string>;
  /** Leaves artifacts aside. */
  withoutArtifacts?: boolean;
}

/** What was opened. */
export interface Opened {
  /** What is appraised; absent while `missing` has `provenance` or `evidence`. */
  content?: Content;
  /** Every file that was given, the members of an archive one by one. */
  files: OpenedFile[];
  /** What is still needed. Without artifacts there is a verdict, but not on any. */
  missing: MissingPart[];
  /** A policy that lay among loose files. It is not in force: ask whose it is before you appraise under it. */
  policy?: Uint8Array;
  /** A trust root that lay among loose files. The same holds for it. */
  trustRoot?: Uint8Array;
}

/** What a bundle needs. */
export type MissingPart = 'provenance' | 'evidence' | 'artifacts';

/** A file that was given. */
export interface OpenedFile {
  name: string;
  /** The part that it plays; told by its content, or by its name in a bundle's layout. */
  role: FileRole;
  /** The number of bytes. */
  size: number;
  /** 32 bytes, if it was read. */
  sha256?: Uint8Array;
  /** Why it plays no part. */
  reason?: string;
}

/** The part that a file plays: `document` is that of another system for attested builds. */
export type FileRole =
  | 'provenance'
  | 'evidence'
  | 'artifact'
  | 'collateral'
  | 'policy'
  | 'trust_root'
  | 'document'
  | 'none';

/** What the core wants next. Its rules are those of the command line; here bytes are moved. */
interface Step {
  kind: 'range' | 'file' | 'unpack' | 'block' | 'member' | 'skip' | 'rest' | 'slice' | 'done';
  file: number;
  offset: number;
  bytes: number;
  name: string;
  size: number;
  keep: number;
  packed: boolean;
}

/**
 * Opens a bundle. Artifacts are hashed as streams, in archives too, so memory stays flat however large they
 * are.
 *
 * @throws KettleVerifyError where an archive is unsound or hostile, or where two files claim one role
 */
export async function openBundle(given: Given, options: OpenOptions = {}): Promise<Opened> {
  await init();
  checkAbort(options.signal);
  const files = await origins(given, (folder) => Opening.enters(folder));
  const opening = new Opening(options.withoutArtifacts === true);
  const run = new Run(files, opening, options);
  try {
    for (const { name, size } of files) opening.file(name, BigInt(size));
    for (const name of options.subjects ?? []) opening.subject(name);
    while (await run.step(translated(() => JSON.parse(opening.task()) as Step)));
  } catch (error) {
    opening.free();
    throw error;
  } finally {
    await run.close();
  }
  return freed(translated(() => opening.finish()), answer);
}

/** The steps of one opening. */
class Run {
  private stream: Stream | undefined;

  constructor(
    private readonly files: readonly Origin[],
    private readonly core: Opening,
    private readonly options: OpenOptions,
  ) {}

  /** Does a step, and says whether there is another. */
  async step(step: Step): Promise<boolean> {
    checkAbort(this.options.signal);
    switch (step.kind) {
      case 'range':
        this.took(await new Stream(this.part(step), () => undefined).read(step.bytes));
        break;
      case 'file':
        await this.hash(this.at(step).stream(), { ...step, name: this.at(step).name, size: this.at(step).size });
        break;
      case 'unpack':
        this.stream = this.unpacked(step, 'gzip', 0, this.at(step).size);
        break;
      case 'block':
        this.took(await this.sound(() => this.open.read(step.bytes)));
        break;
      case 'member':
        await this.hash(this.guarded(this.open.take(step.size)), step);
        break;
      case 'skip':
        await this.skip(step.bytes);
        break;
      case 'rest':
        for await (const piece of this.guarded(this.open.take(Infinity))) translated(() => this.core.rest(piece));
        break;
      case 'slice':
        await this.slice(step);
        break;
      case 'done':
        return false;
    }
    return true;
  }

  /** Leaves what is open. */
  async close(): Promise<void> {
    await this.stream?.close();
  }

  private at({ file }: Step): Origin {
    const found = this.files[file];
    if (!found) throw new RangeError('no such file');
    return found;
  }

  private get open(): Stream {
    if (!this.stream) throw new RangeError('no archive is open');
    return this.stream;
  }

  private part(step: Step): AsyncIterable<Uint8Array> {
    return this.at(step).stream(step.offset, step.offset + step.bytes);
  }

  private unpacked(step: Step, packing: Packing, from: number, to: number): Stream {
    const origin = this.at(step);
    const plain = step.packed ? platform.inflate(origin, packing, from, to) : origin.stream(from, to);
    return new Stream(plain, (bytes) => translated(() => this.core.unpacked(BigInt(bytes))));
  }

  private async slice(step: Step): Promise<void> {
    const plain = this.unpacked(step, 'deflate-raw', step.offset, step.offset + step.bytes);
    try {
      // One byte more than there may be shows that there are too many; a bomb is not unpacked for it.
      await this.hash(this.guarded(plain.take(step.size + 1)), step, true);
    } finally {
      await plain.close();
    }
  }

  private async skip(bytes: number): Promise<void> {
    let skipped = 0;
    for await (const piece of this.guarded(this.open.take(bytes))) {
      checkAbort(this.options.signal);
      skipped += piece.length;
    }
    translated(() => this.core.skipped(BigInt(skipped)));
  }

  private async hash(source: AsyncIterable<Uint8Array>, { name, size, keep }: Step, checksum = false): Promise<void> {
    const { progress, signal } = this.options;
    const watch: Watch = {
      ...(progress && { progress: (done: number) => progress(done, size, name) }),
      ...(signal && { signal }),
    };
    const passed = await pass(source, keep, watch, checksum);
    translated(() => this.core.passed(passed.sha256, BigInt(passed.size), passed.head, passed.crc32));
  }

  private async *guarded(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for (let next = await this.sound(() => source.next()); next.done !== true; next = await this.sound(() => source.next())) {
        yield next.value;
      }
    } finally {
      await source.return(undefined);
    }
  }

  /** What a decompressor stops at is the archive's fault. */
  private async sound<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof Damaged) translated(() => this.core.broken(error.message));
      throw error;
    }
  }

  private took(bytes: Uint8Array): void {
    translated(() => this.core.took(bytes));
  }
}

/** What the core says of all that was opened; bytes are numbers in it. */
interface Summary {
  kind: BundleKind | null;
  mode: ArtifactMode | null;
  artifacts: SummaryFile[];
  subjects: string[];
  files: SummaryFile[];
  missing: MissingPart[];
}

interface SummaryFile {
  name: string;
  size: number;
  sha256: number[] | null;
  role: FileRole;
  reason: string;
}

function answer(core: CoreOpened): Opened {
  const { files, missing, ...summary } = JSON.parse(core.summary()) as Summary;
  const opened: Opened = { files: files.map(fileOf), missing };
  const content = contentOf(core, summary);
  const [policy, trustRoot] = [core.bytes('policy', 0), core.bytes('trust_root', 0)];
  return { ...opened, ...(content && { content }), ...(policy && { policy }), ...(trustRoot && { trustRoot }) };
}

function fileOf({ name, size, sha256, role, reason }: SummaryFile): OpenedFile {
  return { name, role, size, ...(sha256 && { sha256: Uint8Array.from(sha256) }), ...(reason && { reason }) };
}

/** What has nothing in it is left out: a field that has no meaning for the kind would be refused. */
function contentOf(core: CoreOpened, summary: Omit<Summary, 'files' | 'missing'>): Content | undefined {
  const { kind, mode, artifacts, subjects } = summary;
  const evidence = core.bytes('evidence', 0);
  if (kind === null || mode === null || !evidence) return undefined;
  const lists = {
    artifacts: artifacts.map(({ name, size, sha256 }) => ({ name, size, sha256: Uint8Array.from(sha256 ?? []) })),
    subjects,
    certificates: all(core, 'certificates'),
    crls: all(core, 'crls'),
    intel: all(core, 'intel'),
  };
  const stated = Object.entries(lists).filter(([, list]) => list.length > 0);
  const provenance = core.bytes('provenance', 0);
  return {
    kind,
    evidence,
    artifactsMode: mode,
    ...(provenance && provenance.length > 0 && { provenance }),
    ...Object.fromEntries(stated),
  };
}

function all(core: CoreOpened, part: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let next = core.bytes(part, 0); next; next = core.bytes(part, found.length)) found.push(next);
  return found;
}
