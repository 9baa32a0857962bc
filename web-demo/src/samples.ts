// The samples of the build, as files that could have been dropped.
import type { GivenFile } from './protocol';
import type { Choices } from './state';

export interface Sample {
  id: string;
  title: string;
  about: string;
  files: GivenFile[];
  /** Their policy, the test root, and the time for which they were minted. */
  choices: Choices;
}

/** All samples. They are a part of the page, read when they are wanted. */
export async function loadSamples(): Promise<Sample[]> {
  const { list, documents } = (await import('virtual:samples')).default;
  const document = (path: string | undefined) => {
    const text = path === undefined ? undefined : documents[path];
    return path === undefined || text === undefined ? undefined : { name: path, bytes: new TextEncoder().encode(text) };
  };
  return list.map(({ id, title, about, now, files, policy, trustRoot }) => {
    const [pins, roots] = [document(policy), document(trustRoot)];
    return {
      id,
      title,
      about,
      files: files.map(({ name, text }) => ({ name, data: new Blob([text]) })),
      choices: { now, ...(pins ? { policy: pins } : {}), ...(roots ? { trustRoot: roots } : {}) },
    };
  });
}
