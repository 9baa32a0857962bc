import { translated } from './errors.js';
import { freed } from './handle.js';
import { init } from './load.js';
import type { ArtifactMode, BundleKind, Verdict as VerdictDocument } from './types.js';
import { Content as Core, Settings as CoreSettings } from './wasm/kettle_verify.js';

/** A document: its bytes, or its text, which is encoded as UTF-8. */
export type Document = Uint8Array | string;

/** An artifact, already hashed; `hashArtifact` does it. */
export interface Artifact {
  /** The path below the artifact folder, with `/` between its parts, or the loose file's name. */
  name: string;
  /** SHA-256 of the bytes: 32 bytes. */
  sha256: Uint8Array;
  /** The number of bytes. */
  size: number;
}

/** What is appraised. A field that has no meaning for the kind is refused. */
export interface Content {
  /** What it is; a bundle where nothing is said. */
  kind?: BundleKind;
  /** `provenance.json`, exactly as it lies in the file. */
  provenance?: Document;
  /** `evidence.json`, or the other system's document. */
  evidence: Document;
  /** How the artifacts were given. */
  artifactsMode?: ArtifactMode;
  artifacts?: Iterable<Artifact>;
  /** The subjects that are asked for; without any, all of them. */
  subjects?: Iterable<string>;
  /** Endorsement certificates beside it, DER. */
  certificates?: Iterable<Uint8Array>;
  /** Certificate revocation lists beside it, DER. */
  crls?: Iterable<Uint8Array>;
  /** Intel's collateral beside it, JSON documents. */
  intel?: Iterable<Document>;
  /** The expected report data, without padding. */
  reportData?: Uint8Array;
  /** The expected root over the inputs, 32 bytes. */
  inputHash?: Uint8Array;
  /** The expected root over the outputs, 32 bytes. */
  outputHash?: Uint8Array;
}

/** What an appraisal is made under. What is left out has its strict default. */
export interface Settings {
  /** The time of appraisal: a `Date`, or RFC 3339 in UTC. Without one, the clock's. */
  now?: Date | string;
  /** A policy, or one in a signed envelope. */
  policy?: Document;
  /** The keys of which one must have signed the policy, DER (SubjectPublicKeyInfo). */
  policyKeys?: Iterable<Uint8Array>;
  /** The lowest version that a signed policy may have. */
  policyMinimumVersion?: number;
  /** A trust-root file. */
  trustRoot?: Document;
  /** The demanded nonce, 32 characters of lower-case hex. */
  nonce?: string;
  /** The demanded source, `URI` or `URI@COMMIT`. */
  source?: string;
  /** Takes debug guests. Their memory is open to the host. */
  insecureAllowDebug?: boolean;
}

/** A verdict, and `json`: its text, byte for byte the same in every language. */
export type Verdict = Readonly<VerdictDocument> & { readonly json: string };

/**
 * Appraises what is at hand.
 *
 * @throws KettleVerifyError where a setting is refused; evidence that does not hold has a verdict
 */
export async function appraise(content: Content, settings: Settings = {}): Promise<Verdict> {
  await init();
  return asked(content, settings, (core, under) => verdict(core.appraise(under)));
}

/** Asks the core about what is at hand. */
export function asked<T>(content: Content, settings: Settings, ask: (core: Core, under: CoreSettings) => T): T {
  return translated(() => freed(contentOf(content), (core) => freed(settingsOf(settings), (under) => ask(core, under))));
}

/** A verdict from its text. */
export function verdict(json: string): Verdict {
  const document = JSON.parse(json) as VerdictDocument;
  return Object.defineProperty(document, 'json', { value: json }) as Verdict;
}

export function bytes(document: Document): Uint8Array {
  return typeof document === 'string' ? new TextEncoder().encode(document) : document;
}

function contentOf(content: Content): Core {
  const core = new Core(content.kind ?? 'bundle');
  if (content.provenance !== undefined) core.provenance(bytes(content.provenance));
  core.evidence(bytes(content.evidence));
  if (content.artifactsMode !== undefined) core.mode(content.artifactsMode);
  for (const { name, sha256, size } of content.artifacts ?? []) core.artifact(name, sha256, BigInt(size));
  for (const name of content.subjects ?? []) core.subject(name);
  for (const der of content.certificates ?? []) core.certificate(der);
  for (const der of content.crls ?? []) core.crl(der);
  for (const json of content.intel ?? []) core.intel(bytes(json));
  if (content.reportData !== undefined) core.reportData(content.reportData);
  if (content.inputHash !== undefined) core.inputHash(content.inputHash);
  if (content.outputHash !== undefined) core.outputHash(content.outputHash);
  return core;
}

export function settingsOf(settings: Settings): CoreSettings {
  const core = new CoreSettings(moment(settings.now ?? new Date()));
  if (settings.policy !== undefined) core.policy(bytes(settings.policy));
  for (const der of settings.policyKeys ?? []) core.policyKey(der);
  if (settings.policyMinimumVersion !== undefined) {
    core.policyMinimumVersion(BigInt(settings.policyMinimumVersion));
  }
  if (settings.trustRoot !== undefined) core.trustRoot(bytes(settings.trustRoot));
  if (settings.nonce !== undefined) core.nonce(settings.nonce);
  if (settings.source !== undefined) core.source(settings.source);
  if (settings.insecureAllowDebug === true) core.insecureAllowDebug();
  return core;
}

/** RFC 3339 without fractions of a second. */
function moment(now: Date | string): string {
  return typeof now === 'string' ? now : `${now.toISOString().slice(0, 19)}Z`;
}
