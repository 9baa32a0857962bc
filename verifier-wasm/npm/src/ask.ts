import { type Content, type Settings, type Verdict, asked, settingsOf, verdict } from './appraise.js';
import { translated } from './errors.js';
import { freed } from './handle.js';
import { init } from './load.js';
import type { Claim, EmitFormat } from './types.js';
import { checks as coreChecks } from './wasm/kettle_verify.js';

/** What something claims. Nothing of it is vouched for. */
export interface Inspection {
  verified: false;
  /** The provenance as it was parsed; `null` where it is no strict JSON. */
  provenance: unknown;
  /** The evidence as it was parsed; `null` where it is no strict JSON. */
  evidence: unknown;
  /** The artifacts that are there, with their digests in hex. */
  artifacts: { name: string; sha256: string; size: number }[];
  /** What the appraisal read from the evidence's bytes, as far as it came. */
  claims: Claim[];
  /** The text of all this, as `kettle-verify inspect --json` prints it. */
  readonly json: string;
}

/** Says what something claims, without judging it. */
export async function inspect(content: Content, settings: Pick<Settings, 'now'> = {}): Promise<Inspection> {
  await init();
  const json = asked(content, settings, (core, under) => core.inspect(under));
  return Object.assign(JSON.parse(json) as Omit<Inspection, 'json'>, { json });
}

/** What a new policy pins. */
export interface PolicyInitOptions {
  /** The name of the machine image in it. */
  id?: string;
  /** Only these registers (PCRs, RTMRs) instead of all that were quoted. */
  registers?: Iterable<number>;
  /** Leaves the commit open, so that the policy fits later builds of the same source. */
  anyCommit?: boolean;
}

/** A new policy, and the verdict that it was made from. */
export interface PolicyDraft {
  verdict: Verdict;
  /** Its text, as `kettle-verify policy init` writes it; absent where there is nothing genuine to pin. */
  policy?: string;
}

/**
 * Makes a policy that pins what is seen. The values are those of whoever made the bundle: compare them with what
 * the image's maker published.
 *
 * @throws KettleVerifyError `not_pinned` where the evidence lacks what is to be pinned
 */
export async function policyInit(content: Content, settings: Settings = {}, options: PolicyInitOptions = {}): Promise<PolicyDraft> {
  await init();
  const { id = '', registers, anyCommit = false } = options;
  const only = registers && Uint32Array.from(registers);
  return asked(content, settings, (core, under) => {
    const policy = core.pin(under, id, only, anyCommit);
    return { verdict: verdict(core.appraise(under)), ...(policy !== undefined && { policy }) };
  });
}

/** What settings would enforce. */
export interface Demands {
  /** One sentence for each demand, as verdicts repeat them. */
  demands: string[];
  /** When the policy stops being valid, RFC 3339; empty where nothing bounds it. */
  expires: string;
  /** SHA-256 of the policy, hex; empty for the built-in one. */
  digest: string;
}

/** Says what settings enforce, before they do. */
export async function demands(settings: Settings): Promise<Demands> {
  await init();
  return translated(() => freed(settingsOf(settings), (under) => JSON.parse(under.demands()) as Demands));
}

/** How pins are emitted. */
export interface EmitOptions {
  /** Emits whatever the outcome is. Nothing vouches for such pins. */
  dangerouslyEmitUnverified?: boolean;
}

/**
 * Appraises, and emits what was verified as pins: for `sha256sum`, pip, npm, Nix or CycloneDX.
 *
 * @throws KettleVerifyError `not_emitted` where the build is not verified, or where there is nothing to pin
 */
export async function emit(content: Content, settings: Settings, format: EmitFormat, options: EmitOptions = {}): Promise<string> {
  await init();
  return asked(content, settings, (core, under) => core.emit(under, format, options.dangerouslyEmitUnverified === true));
}

/** A row of the table of checks. */
export interface CheckRow {
  /** Stable dotted id. */
  id: string;
  stage: string;
  /** What is checked, as a statement that holds when the check passes. */
  title: string;
  /** The clause of the specification that it comes from. */
  clause: string;
  /** Whose word the checked value is. */
  authority: string;
  /** Whether a policy may waive it. */
  waivable: boolean;
  /** Whether it only says that something was pinned. */
  pins: boolean;
  /** What to do when it does not pass. */
  mend: string;
  /** The platforms that perform it; none where all do. */
  platforms: string[];
}

/** Lists every check or, of one platform, those that it performs. */
export async function checks(platform?: string): Promise<CheckRow[]> {
  await init();
  return translated(() => JSON.parse(coreChecks(platform)) as CheckRow[]);
}
