// The page before anything was given, as text: the build writes it into the document, which so can be read before
// any script has run, and `main.tsx` brings it to life.
import { renderToString } from 'preact-render-to-string';

import { App } from './app';
import type { Kettle } from './client';
import { createStore } from './state';

/** What `App` draws first. No verifier is asked for that. */
export function beginning(): string {
  return renderToString(<App store={createStore({} as Kettle)} />);
}
