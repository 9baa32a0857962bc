// The bundles that are built into the page: cases of the corpus, minted under its test root.
import { readFileSync } from 'node:fs';

const CORPUS = new URL('../../testvectors/', import.meta.url);

/** Case, name, and what it is good for. */
export const SAMPLES = [
  ['snp/ok-milan', 'AMD SEV-SNP', 'A sound build of a small program.'],
  ['az-snp/ok-milan', 'AMD SEV-SNP on Azure', 'The same behind Azure\'s virtual TPM: a longer chain.'],
  ['tdx/ok-version-4', 'Intel TDX', 'A quote with the collateral that Intel signs beside it.'],
  ['nitro/ok', 'AWS Nitro', 'An enclave\'s document, five certificates below the root.'],
  ['bundle/ok-many-dependencies', 'Hundreds of dependencies', 'A release like real ones are.'],
  ['bundle/ok-many-dependencies-next', 'The release after it', 'To compare with: other source, compiler, dependencies.'],
  ['bundle/no-policy', 'Nobody said which image', 'Sound, but no policy names a machine image.'],
  ['tdx/no-collateral', 'Collateral is missing', 'What Intel says of the processor is not there.'],
  ['bundle/p01-injected', 'A forged field', 'Somebody added a field to the provenance.'],
];

/** `virtual:samples`: the samples, and the documents that they share. */
export function samples() {
  const id = 'virtual:samples';
  return {
    name: 'kettle-samples',
    resolveId: (asked) => (asked === id ? `\0${id}` : undefined),
    load: (asked) => (asked === `\0${id}` ? `export default ${JSON.stringify(collected())};\n` : undefined),
  };
}

function collected() {
  const documents = {};
  const keep = (path) => {
    if (path) documents[path] ??= text(path);
    return path || undefined;
  };
  const list = SAMPLES.map(([id, title, about]) => {
    const { now, files } = JSON.parse(text(`cases/${id}/case.json`));
    const given = [
      ['provenance.json', files.provenance],
      ['evidence.json', files.evidence],
      ...files.artifacts.map(({ name, path }) => [`artifacts/${name}`, path]),
    ];
    return {
      id,
      title,
      about,
      now,
      files: given.map(([name, path]) => ({ name: `sample/${name}`, text: text(path) })),
      policy: keep(files.policy),
      trustRoot: keep(files.trust_root),
    };
  });
  return { list, documents };
}

/** The samples are all text; bytes that are not would change on their way and be refused, so they fail the build. */
function text(path) {
  const bytes = readFileSync(new URL(path, CORPUS));
  const read = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  if (!Buffer.from(read).equals(bytes)) throw new Error(`\`${path}\` is not UTF-8`);
  return read;
}
