// A stand-in for the package's `openBundle` until it is there: loose files by their names.
import { hashArtifact, type Artifact, type FileRole, type Opened } from 'kettle-verify/web';

import type { GivenFile } from './protocol';

export async function openBundle(files: GivenFile[], options: { progress?: (done: number, total: number | undefined, name: string) => void; signal?: AbortSignal }): Promise<Opened> {
  const opened: Opened = { files: [], missing: [] };
  const bytes = new Map<string, Uint8Array>();
  const artifacts: Artifact[] = [];
  for (const { name, data } of files) {
    const last = name.split('/').at(-1) ?? name;
    const role = (/^(provenance|evidence)\.json$/.exec(last)?.[1] ?? (/polic|pinned/.test(last) ? 'policy' : /trust-root/.test(last) ? 'trust_root' : /^case|^expected/.test(last) ? 'none' : 'artifact')) as FileRole;
    if (role === 'artifact') {
      const hashed = await hashArtifact(data, { ...options, progress: (done, total) => options.progress?.(done, total, name) });
      artifacts.push({ name: name.replace(/^.*artifacts\//, ''), ...hashed });
      opened.files.push({ name, role, ...hashed });
    } else {
      bytes.set(role, new Uint8Array(await data.arrayBuffer()));
      opened.files.push({ name, role, size: data.size, ...(role === 'none' ? { reason: 'it has no role in a bundle' } : {}) });
    }
  }
  const [provenance, evidence, policy, trustRoot] = ['provenance', 'evidence', 'policy', 'trust_root'].map((role) => bytes.get(role));
  if (!provenance) opened.missing.push('provenance');
  if (!evidence) opened.missing.push('evidence');
  if (provenance && evidence) {
    opened.content = { provenance, evidence, artifacts, artifactsMode: 'loose' };
    if (artifacts.length === 0) opened.missing.push('artifacts');
  }
  return { ...opened, ...(policy ? { policy } : {}), ...(trustRoot ? { trustRoot } : {}) };
}
