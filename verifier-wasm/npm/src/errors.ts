/**
 * Why there is no verdict: a mistake of whoever asks, or something that can't be read. Evidence that does
 * not hold is no error; it has a verdict that says so.
 */
export class KettleVerifyError extends Error {
  override readonly name = 'KettleVerifyError';
  /** Which part of the request is wrong. Codes keep their meaning from version to version. */
  readonly code: string;
  /** The place in it: a JSON pointer, `line L column C`, a file; empty where it is the whole. */
  readonly location: string;

  constructor(code: string, location: string, message: string) {
    super(message);
    this.code = code;
    this.location = location;
  }
}

/** Runs what calls the core, whose errors come as JSON. */
export function translated<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    if (typeof thrown !== 'string') throw thrown;
    const { code, location, message } = JSON.parse(thrown) as KettleVerifyError;
    throw new KettleVerifyError(code, location, message);
  }
}

/** What ends a call whose `AbortSignal` was triggered. */
export function checkAbort(signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
}

/** What a decompressor says of bytes that are not sound. */
export class Damaged extends Error {}
