/**
 * Verifies attested builds offline: from the vendor's root key to the bytes of the binary.
 *
 * @module
 */
export { appraise } from './appraise.js';
export type { Artifact, Content, Document, Settings, Verdict } from './appraise.js';
export { checks, demands, emit, inspect, policyInit } from './ask.js';
export type { CheckRow, Demands, EmitOptions, Inspection, PolicyDraft, PolicyInitOptions } from './ask.js';
export { KettleVerifyError } from './errors.js';
export { hashArtifact } from './hash.js';
export type { ByteSource, Hashed, Watch } from './hash.js';
export { init } from './load.js';
export type { Source } from './load.js';
export { openBundle } from './open.js';
export type { FileRole, Given, GivenFile, MissingPart, OpenOptions, Opened, OpenedFile } from './open.js';
export { conformance, version } from './version.js';
export type * from './types.js';
