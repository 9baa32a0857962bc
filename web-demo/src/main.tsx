import { render } from 'preact';

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

const kettle = startKettle();
// For auditors, at the browser's console: the very verifier that the page asks.
Object.assign(globalThis, { kettle });

const place = document.getElementById('page');
if (place) render(<App store={createStore(kettle)} />, place);
// What is behind a verdict waits for what makes one.
void kettle.version().catch(() => undefined).then(readDeep);
if (__HOSTED__) keepOffline();
