// Cases of the corpus, opened as the page opens them.
import { readFile } from 'node:fs/promises';

import { appraise, hashArtifact } from 'kettle-verify';

export const corpus = new URL('../../../testvectors/', import.meta.url);

/** A case's files, what is appraised, and its verdict. */
export async function opened(id) {
  const read = (path) => readFile(new URL(path, corpus));
  const about = JSON.parse(await read(`cases/${id}/case.json`));
  const { files } = about;
  const artifacts = [];
  for (const { name, path } of files.artifacts) {
    const data = await read(path);
    artifacts.push({ name, data, ...(await hashArtifact(data)) });
  }
  const content = {
    kind: about.kind,
    ...(files.provenance ? { provenance: await read(files.provenance), artifactsMode: about.artifacts_mode } : {}),
    evidence: await read(files.evidence),
    artifacts: artifacts.map(({ name, sha256, size }) => ({ name, sha256, size })),
  };
  const settings = { now: about.now };
  if (files.policy) settings.policy = await read(files.policy);
  if (files.trust_root) settings.trustRoot = await read(files.trust_root);
  const verdict = await appraise(content, settings);
  const name = files.evidence.split('/').at(-1);
  const given = about.kind === 'bundle' ? [] : [{ name, role: 'document', size: content.evidence.length }];
  return { verdict, artifacts, settings, name, opened: { content, files: given, missing: [] } };
}
