// A case of the corpus as a request, for every runner in JavaScript. `read` gives the bytes of a file below
// `testvectors/`; `kettle` is the package.

/** What the verifier says, as the conformance hash takes it. */
export async function answer(kettle, id, read) {
  const document = JSON.parse(new TextDecoder().decode(await read(`cases/${id}/case.json`)));
  try {
    const verdict = await kettle.appraise(await content(kettle, document, read), await settings(document, read));
    return { text: verdict.json, found: expected(verdict) };
  } catch (error) {
    if (!(error instanceof kettle.KettleVerifyError)) throw error;
    const text = `${error.code} ${error.location}`;
    return { text, found: { outcome: 'unreadable', exit_code: 2, decided_by: text, checks: {} } };
  }
}

async function content(kettle, { kind, files, ...given }, read) {
  const padded = async (name) => {
    const bytes = await read(files[name]);
    if (given.padding?.file !== name) return bytes;
    const longer = new Uint8Array(given.padding.to).fill(given.padding.byte);
    longer.set(bytes);
    return longer;
  };
  const all = (paths) => Promise.all((paths ?? []).map(read));
  const beside = {
    certificates: await all(files.certificates),
    crls: await all(files.crls),
    intel: await all(files.intel),
  };
  const artifact = async ({ name, path }) => ({ name, ...(await kettle.hashArtifact(await read(path))) });
  // A field that has no meaning for the kind is refused, so what a case leaves empty is left out.
  const said = {
    provenance: files.provenance ? await padded('provenance') : [],
    artifacts: await Promise.all(files.artifacts.map(artifact)),
    subjects: given.subjects,
    reportData: unhex(given.report_data),
    inputHash: unhex(given.input_hash),
    outputHash: unhex(given.output_hash),
    ...(kind === 'bundle' ? { artifactsMode: given.artifacts_mode } : {}),
    ...beside,
  };
  const stated = Object.entries(said).filter(([, value]) => value.length > 0);
  return { kind, evidence: await padded('evidence'), ...Object.fromEntries(stated) };
}

async function settings({ now, files }, read) {
  const policy = files.policy ? { policy: await read(files.policy) } : {};
  const trustRoot = files.trust_root ? { trustRoot: await read(files.trust_root) } : {};
  return { now, ...policy, ...trustRoot };
}

/** The verdict as `expected.json` has it, but for the exit code, which is a command line's. */
function expected({ outcome, checks }) {
  const first = (status) => checks.find((check) => check.status === status)?.id;
  return {
    outcome,
    decided_by: first('fail') ?? first('inconclusive') ?? first('not_reached') ?? '',
    checks: Object.fromEntries(checks.map(({ id, status }) => [id, status])),
  };
}

function unhex(hex) {
  return Uint8Array.from(hex?.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
