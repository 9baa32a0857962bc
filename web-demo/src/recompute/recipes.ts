// How each link is recomputed, by the check that establishes it. This is a table of commands for people who
// would rather not believe this page; it decides nothing, and a link without a row here has no command.
import { hex } from '../bytes';
import { locate } from '../pointer';
import { claim, span, type Context, type Recipe, type Recompute, type Span } from './context';
import { bytes, cut, offset, print, signature, word } from './shell';

const P256 = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';
const RSA_2048 = '30820122300d06092a864886f70d01010105000382010f003082010a0282010100';
const RSA_65537 = '0203010001';
// TPMT_PUBLIC up to the modulus (TPM 2.0 Library, Part 2): everything but the modulus is fixed.
const TPM_PUBLIC = '0001000b00050472000000100014000b0800000000000100';

/** Recipes by the id of the first check of a link. */
export const RECIPES: Readonly<Record<string, Recompute>> = {
  'artifacts.digests': artifact,
  'attestable.artifact': signedName,
  'provenance.subjects': subject,
  'binding.provenance_digest': binding,
  'snp.report.signature': report,
  'snp.chain.vek_signature': intermediate,
  'snp.chain.intermediate': root,
  'az.quote.signature': vtpm,
  'az.ak.unique': runtimeKey,
  'az.runtime.digest': runtime,
  'tdx.quote.signature': quote,
  'tdx.qe.report_data': enclave,
  'tdx.chain.pck_signature': (context) => intel(context, 1),
  'tdx.chain.ca_signature': (context) => intel(context, 2),
  'cose.signature': document,
  'nitro.chain.signatures': certificate,
};

function index({ verdict, link }: Context): string {
  const inner = verdict.links.find(({ from, left }) => (from === link.to || from === link.from) && left === link.left);
  return /^\/subject\/(\d+) of /.exec(inner?.right ?? link.right)?.[1] ?? '0';
}

function inProvenance(context: Context, pointer: string, what: string): Span[] {
  const bytes = context.parts.get('provenance.json')?.bytes;
  const range = bytes && locate(bytes, pointer);
  return range ? span(context, 'provenance.json', range.from, range.to, what) : [];
}

function artifact(context: Context): Recipe | undefined {
  const { opened, link } = context;
  const of = [...(opened.content?.artifacts ?? [])].find(({ sha256 }) => hex(sha256) === link.left);
  if (!of) return undefined;
  const at = index(context);
  return {
    spans: inProvenance(context, `/subject/${at}/digest/sha256`, 'the subject\'s digest'),
    needs: [],
    lines: [hashed(context, of.name), `jq -r '.subject[${at}].digest.sha256' provenance.json`],
  };
}

function hashed({ opened: { content } }: Context, name: string): string {
  const folder = content?.provenance !== undefined && content.artifactsMode !== 'loose';
  return `sha256sum < ${word((folder ? 'artifacts/' : './') + name)}`;
}

/** A file that the document's own text names, without a provenance between them. */
function signedName(context: Context): Recipe | undefined {
  const of = [...(context.opened.content?.artifacts ?? [])].find(({ sha256 }) => hex(sha256) === context.link.left);
  const data = context.document?.members.get('user_data');
  if (!of || !data) return undefined;
  return {
    spans: span(context, 'document.cbor', data.from, data.to, 'the signed text'),
    needs: ['document.cbor'],
    lines: [hashed(context, of.name), bytes('document.cbor', data.from, data.to - data.from)],
  };
}

function digest(context: Context): string {
  const compact = claim(context, 'binding.digest_form') === 'compact-tokens';
  return compact ? 'jq -cj . provenance.json | sha256sum' : 'sha256sum provenance.json';
}

function subject(context: Context): Recipe {
  const at = index(context);
  return {
    spans: inProvenance(context, `/subject/${at}`, 'the subject'),
    needs: [],
    lines: [`jq -r '.subject[${at}].digest.sha256' provenance.json`, digest(context)],
  };
}

/** The place of the attested bytes, from the far end's name, and its size. */
function attested({ link, parts, document: layout }: Context): { part: string; from: number; size: number } | undefined {
  const range = /^(report|quote)\[(0x[0-9a-f]+)\.\.(0x[0-9a-f]+)\]$/.exec(link.to);
  if (range) return { part: `${range[1]}.bin`, from: Number(range[2]), size: Number(range[3]) - Number(range[2]) };
  const data = layout?.members.get('user_data');
  if (data && parts.has('document.cbor')) return { part: 'document.cbor', from: data.from, size: data.to - data.from };
  // TPMS_ATTEST: magic, type, qualifiedSigner, extraData, the last two with their sizes before them.
  const message = parts.get('tpm-quote.bin')?.bytes;
  const size = message ? (message[0x2a] ?? 0) * 256 + (message[0x2b] ?? 0) : 0;
  return message ? { part: 'tpm-quote.bin', from: 0x2c, size } : undefined;
}

function binding(context: Context): Recipe | undefined {
  const place = attested(context);
  if (!place) return undefined;
  const end = place.from + place.size;
  return {
    spans: [
      ...span(context, place.part, place.from, place.from + 32, 'the digest of the provenance'),
      ...span(context, place.part, place.from + 32, end, 'nonce and padding'),
    ],
    needs: [place.part],
    lines: [digest(context), print(place.part, place.from, 32)],
  };
}

/** The public key of a certificate, and the check of a signature over a file. */
function verified(hash: string, key: string, signed: string): string[] {
  return [`openssl dgst -${hash} -verify ${key} -signature signature.der ${signed}`];
}

function keyOf(der: string): string {
  return `openssl x509 -inform DER -in ${der} -noout -pubkey > key.pem`;
}

function report(context: Context): Recipe {
  // Both numbers of the signature are little-endian and 72 bytes long.
  const number = (from: number) => `xxd -s ${offset(from)} -l 72 -p -c 1 report.bin | tac | tr -d '\\n'`;
  return {
    spans: [...span(context, 'report.bin', 0, 0x2a0, 'the signed bytes'), ...span(context, 'report.bin', 0x2a0, 0x330, 'the signature')],
    needs: ['report.bin', 'vek.der'],
    lines: [
      cut('report.bin', 0, 0x2a0, 'signed.bin'),
      'sha256sum signed.bin vek.der',
      ...signature(number(0x2a0), number(0x2e8)),
      keyOf('vek.der'),
      ...verified('sha384', 'key.pem', 'signed.bin'),
    ],
  };
}

/** Files for AMD's two keys above the processor's. */
function amd(context: Context, names: string[]): string[] {
  const generation = claim(context, 'snp.generation');
  const loaded = /VLEK/.test(context.verdict.links.map(({ from }) => from).join());
  if (context.trustRoot) {
    const field = (name: string) => (name === 'ask' && loaded ? 'asvk' : name);
    return names.map((name) => `jq -r '.amd[] | select(.generation == "${generation}") | .${field(name)}' trust-root.json | base64 -d > ${name}.der`);
  }
  const kind = loaded ? 'vlek' : 'vcek';
  return [
    `curl -sSf https://kdsintf.amd.com/${kind}/v1/${generation}/cert_chain > chain.pem`,
    ...names.map((name) => `awk '/BEGIN/ { n++ } n == ${name === 'ask' ? 1 : 2}' chain.pem | openssl x509 -outform DER > ${name}.der`),
  ];
}

/** That one certificate signed another; both as DER. */
function signed(child: string, parent: string): string[] {
  return [
    `openssl x509 -inform DER -in ${child}.der > ${child}.pem`,
    `openssl x509 -inform DER -in ${parent}.der > ${parent}.pem`,
    `openssl verify -partial_chain -no_check_time -trusted ${parent}.pem ${child}.pem`,
  ];
}

function intermediate(context: Context): Recipe {
  const size = context.parts.get('vek.der')?.bytes.length ?? 0;
  return {
    spans: span(context, 'vek.der', 0, size, 'the certificate of the processor\'s key'),
    needs: ['vek.der'],
    lines: [...amd(context, ['ask']), 'sha256sum vek.der ask.der', ...signed('vek', 'ask')],
  };
}

function root(context: Context): Recipe {
  return { spans: [], needs: [], lines: [...amd(context, ['ask', 'ark']), 'sha256sum ask.der ark.der', ...signed('ask', 'ark')] };
}

const AK = [
  'modulus() { jq -r \'.keys[] | select(.kid == "HCLAkPub") | .n | gsub("-";"+") | gsub("_";"/") | . + ("=" * ((4 - length % 4) % 4))\' runtime.json | base64 -d | xxd -p | tr -d \'\\n\'; }',
  `printf '${RSA_2048}%s${RSA_65537}' "$(modulus)" | xxd -r -p > ak.der`,
];

function vtpm(context: Context): Recipe {
  const size = context.parts.get('tpm-quote.bin')?.bytes.length ?? 0;
  return {
    spans: [
      ...span(context, 'tpm-quote.bin', 0x8, 0x2a, 'the name of the key that signed'),
      ...span(context, 'tpm-quote.bin', 0, size, 'the signed bytes'),
    ],
    needs: ['tpm-quote.bin', 'tpm-quote.sig', 'runtime.json'],
    lines: [
      ...AK,
      print('tpm-quote.bin', 0x8, 34),
      '# the name: 0x4000000b is the endorsement hierarchy, 000b stands for SHA-256',
      `name=$(printf '${TPM_PUBLIC}%s' "$(modulus)" | xxd -r -p | sha256sum | cut -c 1-64)`,
      'printf \'4000000b000b%s\' "$name" | xxd -r -p | sha256sum | sed \'s/^/000b/\'',
      'openssl dgst -sha256 -verify ak.der -keyform DER -signature tpm-quote.sig tpm-quote.bin',
    ],
  };
}

function runtimeKey(context: Context): Recipe {
  const bytes = context.parts.get('runtime.json')?.bytes;
  const range = bytes && locate(bytes, '/keys');
  return {
    spans: range ? span(context, 'runtime.json', range.from, range.to, 'the keys') : [],
    needs: ['runtime.json'],
    lines: [...AK, 'sha256sum ak.der'],
  };
}

function runtime(context: Context): Recipe {
  const size = context.parts.get('runtime.json')?.bytes.length ?? 0;
  // The report data is the last field of a TD 1.0 body, and lies at 0x50 of an SEV-SNP report.
  const td = context.quote && context.parts.has('quote.bin');
  const part = td ? 'quote.bin' : 'report.bin';
  const from = td ? dataOf(context) : 0x50;
  return {
    spans: [...span(context, part, from, from + 32, 'the digest of the runtime data'), ...span(context, 'runtime.json', 0, size, 'the runtime data')],
    needs: [part, 'runtime.json'],
    lines: ['sha256sum runtime.json', print(part, from, 32)],
  };
}

/** Report data of a TD: 520 bytes into the body, which begins after the header and, from version 5 on, its type and size. */
function dataOf({ parts }: Context): number {
  return 48 + (parts.get('quote.bin')?.bytes[0] === 4 ? 0 : 6) + 520;
}

function pair(file: string, from: number): string[] {
  return signature(print(file, from, 32), print(file, from + 32, 32));
}

function quote(context: Context): Recipe | undefined {
  const at = context.quote;
  if (!at) return undefined;
  return {
    spans: [
      ...span(context, 'quote.bin', 0, at.signed, 'the signed bytes'),
      ...span(context, 'quote.bin', at.signature, at.signature + 64, 'the signature'),
      ...span(context, 'quote.bin', at.key, at.key + 64, 'the attestation key'),
    ],
    needs: ['quote.bin'],
    lines: [
      cut('quote.bin', 0, at.signed, 'signed.bin'),
      cut('quote.bin', at.key, 64, 'ak.raw'),
      'sha256sum signed.bin ak.raw',
      ...pair('quote.bin', at.signature),
      `{ printf ${P256} | xxd -r -p; cat ak.raw; } > ak.der`,
      'openssl dgst -sha256 -verify ak.der -keyform DER -signature signature.der signed.bin',
    ],
  };
}

/** Writes the nth certificate of the quote, from the leaf on. */
function quoted({ quote: at }: Context, nth: number, name: string): string[] {
  if (!at) return [];
  return [
    cut('quote.bin', at.chain, at.chainSize, 'chain.pem'),
    `tr -d '\\000' < chain.pem | awk '/BEGIN/ { n++ } n == ${nth}' | openssl x509 -outform DER > ${name}.der`,
  ];
}

function enclave(context: Context): Recipe | undefined {
  const at = context.quote;
  if (!at) return undefined;
  const data = at.report + 320;
  return {
    spans: [
      ...span(context, 'quote.bin', data, data + 32, 'the digest of the attestation key, in the enclave\'s report'),
      ...span(context, 'quote.bin', at.key, at.key + 64, 'the attestation key'),
      ...span(context, 'quote.bin', at.reportSignature, at.reportSignature + 64, 'the signature over the enclave\'s report'),
    ],
    needs: ['quote.bin'],
    lines: [
      cut('quote.bin', at.key, 64, 'ak.raw'),
      ...(at.authenticationSize > 0 ? [cut('quote.bin', at.authentication, at.authenticationSize, 'more.bin')] : [': > more.bin']),
      'cat ak.raw more.bin | sha256sum',
      print('quote.bin', data, 32),
      ...quoted(context, 1, 'pck'),
      'sha256sum ak.raw pck.der',
      cut('quote.bin', at.report, 384, 'signed.bin'),
      ...pair('quote.bin', at.reportSignature),
      keyOf('pck.der'),
      ...verified('sha256', 'key.pem', 'signed.bin'),
    ],
  };
}

function intel(context: Context, nth: number): Recipe | undefined {
  const at = context.quote;
  if (!at) return undefined;
  const [child, parent] = nth === 1 ? ['pck', 'ca'] : ['ca', 'root'];
  const lines = [...quoted(context, nth, child as string), ...quoted(context, nth + 1, parent as string).slice(1)];
  return {
    spans: span(context, 'quote.bin', at.chain, at.chain + at.chainSize, 'the certificates'),
    needs: ['quote.bin'],
    lines: [...lines, `sha256sum ${child}.der ${parent}.der`, ...signed(child as string, parent as string)],
  };
}

function document(context: Context): Recipe | undefined {
  const at = context.document;
  const leaf = at?.members.get('certificate');
  if (!at || !leaf) return undefined;
  const size = at.payload.to - at.payload.from;
  return {
    spans: [
      ...span(context, 'document.cbor', at.payload.from, at.payload.to, 'the signed payload'),
      ...span(context, 'document.cbor', at.signature.from, at.signature.to, 'the signature'),
      ...span(context, 'document.cbor', leaf.from, leaf.to, 'the certificate of the enclave'),
    ],
    needs: ['document.cbor'],
    lines: [
      cut('document.cbor', at.payload.from, size, 'payload.bin'),
      cut('document.cbor', leaf.from, leaf.to - leaf.from, 'leaf.der'),
      'sha256sum payload.bin leaf.der',
      '# what is signed: ["Signature1", header, no more data, payload]',
      `{ printf '\\x84\\x6aSignature1'; ${bytes('document.cbor', at.header.from, at.header.to - at.header.from)}`,
      `  printf '\\x40'; ${bytes('document.cbor', at.payloadHead, at.payload.to - at.payloadHead)}; } > signed.bin`,
      ...signature(print('document.cbor', at.signature.from, 48), print('document.cbor', at.signature.from + 48, 48)),
      keyOf('leaf.der'),
      ...verified('sha384', 'key.pem', 'signed.bin'),
    ],
  };
}

/** The nth link between certificates: the leaf first, then the bundle from its end to the root. */
function certificate(context: Context): Recipe | undefined {
  const at = context.document;
  const leaf = at?.members.get('certificate');
  if (!at || !leaf) return undefined;
  const chain = [leaf, ...[...at.bundle].reverse()];
  const [child, parent] = [chain[context.turn], chain[context.turn + 1]];
  if (!child || !parent) return undefined;
  return {
    spans: [
      ...span(context, 'document.cbor', child.from, child.to, 'the certificate'),
      ...span(context, 'document.cbor', parent.from, parent.to, 'the one above it'),
    ],
    needs: ['document.cbor'],
    lines: [
      cut('document.cbor', child.from, child.to - child.from, 'child.der'),
      cut('document.cbor', parent.from, parent.to - parent.from, 'parent.der'),
      'sha256sum child.der parent.der',
      ...signed('child', 'parent'),
    ],
  };
}
