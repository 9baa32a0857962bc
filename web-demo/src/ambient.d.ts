/** Whether this is the page of a static host, rather than the one file. */
declare const __HOSTED__: boolean;

/** The samples of the build: id, title, and what each is good for. */
declare const __SAMPLES__: [id: string, title: string, about: string][];

declare module 'virtual:core' {
  /** The bytes that have changed places with each other. */
  export const pairs: [number, number][];
  /** The core, one character per byte. */
  const text: string;
  export default text;
}

declare module 'virtual:worker' {
  /** The worker's script. */
  const script: string;
  export default script;
}

declare module 'virtual:samples' {
  const samples: {
    list: {
      id: string;
      title: string;
      about: string;
      /** RFC 3339, UTC. */
      now: string;
      files: { name: string; text: string }[];
      policy?: string;
      trustRoot?: string;
    }[];
    documents: Record<string, string>;
  };
  export default samples;
}
