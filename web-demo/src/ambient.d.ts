/** Whether this is the page of a static host, rather than the one file. */
declare const __HOSTED__: boolean;

declare module 'virtual:core' {
  /** The byte that zero has changed places with. */
  export const spare: number;
  /** The core, one character per byte. */
  const text: string;
  export default text;
}

declare module 'virtual:worker' {
  /** The worker's script. */
  const script: string;
  export default script;
}
