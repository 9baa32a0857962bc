// Offsets of a TDX quote (Intel TDX DCAP Quoting Library API, appendix A.3 and A.4).
import { u16, u32 } from './parts';

const HEADER = 48;
const BODY_4 = 584;
const REPORT = 384;

export interface QuoteLayout {
  /** Where the signed bytes end. */
  signed: number;
  /** The quote's signature, 64 bytes. */
  signature: number;
  /** The attestation key, 64 bytes. */
  key: number;
  /** The report of the quoting enclave, 384 bytes. */
  report: number;
  /** Its signature, 64 bytes. */
  reportSignature: number;
  /** The authentication data and their size. */
  authentication: number;
  authenticationSize: number;
  /** The certificates, as PEM, and their size. */
  chain: number;
  chainSize: number;
}

/** The offsets; nothing where the quote ends before them. */
export function quoteLayout(bytes: Uint8Array): QuoteLayout | undefined {
  const body = u16(bytes, 0) === 4 ? BODY_4 : (u32(bytes, HEADER + 2) ?? bytes.length) + 6;
  const signed = HEADER + body;
  const signature = signed + 4;
  const key = signature + 64;
  const report = key + 64 + 6;
  const reportSignature = report + REPORT;
  const authentication = reportSignature + 64 + 2;
  const authenticationSize = u16(bytes, authentication - 2);
  if (authenticationSize === undefined) return undefined;
  const chain = authentication + authenticationSize + 6;
  const chainSize = u32(bytes, chain - 4);
  if (chainSize === undefined || chain + chainSize > bytes.length) return undefined;
  return { signed, signature, key, report, reportSignature, authentication, authenticationSize, chain, chainSize };
}
