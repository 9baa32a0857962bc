import { hydrate, render } from 'preact';

import { App } from './app';
import { startKettle } from './client';
import { createStore } from './state';
import './style/tokens.css';
import './style/base.css';
import './style/page.css';
import './style/banner.css';
import './style/verdict.css';
import './style/print.css';
import { keepOffline } from './trust';
import { readDeep } from './views/later';

/** Milliseconds within which the rest is asked for, however busy the page is. */
const SOON = 500;

const kettle = startKettle();

function begin(): void {
  const place = document.getElementById('page');
  // The build has drawn the beginning already; the development server has not.
  if (place) (place.firstChild ? hydrate : render)(<App store={createStore(kettle)} />, place);
  // For auditors, at the browser's console: the very verifier that the page asks.
  Object.assign(globalThis, { kettle });
  // Whoever gives files before that is not kept waiting: the first question starts the verifier.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(() => void prepare(), { timeout: SOON });
  else setTimeout(() => void prepare(), SOON);
}

/** What makes a verdict comes once the page answers, then what is behind one, then what keeps both. */
async function prepare(): Promise<void> {
  await kettle.version().catch(() => undefined);
  await readDeep();
  if (__HOSTED__) keepOffline();
}

// A turn of its own, so that on a slow processor neither this nor the reading of this script keeps a press waiting long.
setTimeout(begin);
