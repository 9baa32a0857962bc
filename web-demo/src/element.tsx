// `<kettle-verify>`: the page's views for other pages to embed. It verifies by itself, and takes no verdict from
// anyone; what the page around it says is not looked at.
import { effect } from '@preact/signals';
import { render } from 'preact';

import { startKettle, type Kettle } from './client';
import { Embedded } from './embedded';
import type { GivenFile, Verdict } from './protocol';
import { createStore, type Choices, type Document, type Store } from './state';
import { registerUnit, sheets } from './style/sheets';

/** A document of whoever embeds it: its bytes or its text. */
type Given = Uint8Array | string;

const WATCHED = ['src', 'policy', 'trust-root', 'now', 'views'] as const;

let shared: Kettle | undefined;

export class KettleVerify extends HTMLElement {
  static readonly observedAttributes: readonly string[] = WATCHED;

  readonly #root = this.attachShadow({ mode: 'open' });
  #store: Store | undefined;
  #files: GivenFile[] | undefined;
  #policy: Document | undefined;
  #trustRoot: Document | undefined;
  #ends: (() => void)[] = [];
  #turn = 0;
  #last: Verdict | undefined;

  /** The files of the bundle, in place of `src`: `File`s, or names with their bytes. */
  set files(files: Iterable<File | GivenFile>) {
    this.#files = Array.from(files, (one) => (one instanceof File ? { name: one.webkitRelativePath || one.name, data: one } : one));
    this.#load();
  }

  get files(): GivenFile[] {
    return [...(this.#files ?? [])];
  }

  /** The policy, in place of the attribute. */
  set policy(policy: Given | undefined) {
    this.#policy = documentOf('policy', policy);
    this.#load();
  }

  get policy(): Uint8Array | undefined {
    return this.#policy?.bytes;
  }

  /** A trust-root file, in place of the attribute. */
  set trustRoot(root: Given | undefined) {
    this.#trustRoot = documentOf('trust root', root);
    this.#load();
  }

  get trustRoot(): Uint8Array | undefined {
    return this.#trustRoot?.bytes;
  }

  /** The verdict of the verifier in this element; nothing before there is one. It can't be set. */
  get verdict(): Verdict | undefined {
    return this.#store?.appraised.value?.verdict;
  }

  connectedCallback(): void {
    this.#root.adoptedStyleSheets = sheets();
    shared ??= startKettle();
    const store = (this.#store = createStore(shared));
    this.#ends.push(effect(() => this.#told(store)));
    this.#draw();
    this.#load();
  }

  disconnectedCallback(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#store?.clear();
    this.#store = undefined;
    this.#turn += 1;
    render(null, this.#root);
  }

  attributeChangedCallback(name: string): void {
    if (name === 'views') this.#draw();
    else this.#load();
  }

  #draw(): void {
    const views = (this.getAttribute('views') ?? '').split(/\s+/).filter(Boolean);
    const drawn = this.#store && (
      <div class="shell">
        <Embedded store={this.#store} views={views} />
      </div>
    );
    if (drawn) render(drawn, this.#root);
  }

  #told({ appraised, status }: Store): void {
    const [verdict, now] = [appraised.value?.verdict, status.value];
    if (now.kind === 'fault') this.#say('kettle-fault', now.fault);
    else if (verdict && now.kind === 'idle' && verdict !== this.#last) this.#say('kettle-verdict', { verdict });
    this.#last = verdict;
  }

  #say(name: string, detail: unknown): void {
    // After the views have been drawn, and outside of the store's own update.
    queueMicrotask(() => this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail })));
  }

  /** Several attributes that are set in a row are read once. */
  #load(): void {
    const turn = (this.#turn += 1);
    queueMicrotask(() => {
      if (turn === this.#turn && this.#store) void this.#read(this.#store, turn);
    });
  }

  async #read(store: Store, turn: number): Promise<void> {
    const addresses = (this.getAttribute('src') ?? '').split(/\s+/).filter(Boolean);
    if (!this.#files && addresses.length === 0) return store.clear();
    try {
      const files = this.#files ?? (await Promise.all(addresses.map((one) => fetched(one, this.baseURI))));
      const policy = this.#policy ?? (await this.#document('policy'));
      const trustRoot = this.#trustRoot ?? (await this.#document('trust-root'));
      const now = this.getAttribute('now');
      const choices: Choices = { ...(policy ? { policy } : {}), ...(trustRoot ? { trustRoot } : {}), ...(now === null ? {} : { now }) };
      if (turn === this.#turn) await store.replace(files, choices);
    } catch (error) {
      // Nothing that was shown before may stand as if it were about these files.
      if (turn !== this.#turn) return;
      store.fail({ code: 'fetch', location: '', message: error instanceof Error ? error.message : String(error) });
    }
  }

  async #document(name: string): Promise<Document | undefined> {
    const address = this.getAttribute(name);
    if (address === null) return undefined;
    const file = await fetched(address, this.baseURI);
    return { name: file.name, bytes: new Uint8Array(await file.data.arrayBuffer()) };
  }
}

/** A file from an address, without cookies. Its bytes are all that counts; where they are from proves nothing. */
async function fetched(address: string, base: string): Promise<GivenFile> {
  const url = new URL(address, base);
  const answer = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' });
  if (!answer.ok) throw new Error(`\`${address}\` can't be had: ${answer.status}`);
  return { name: decodeURIComponent(url.pathname.split('/').at(-1) ?? ''), data: await answer.blob() };
}

function documentOf(name: string, given: Given | undefined): Document | undefined {
  if (given === undefined) return undefined;
  return { name, bytes: typeof given === 'string' ? new TextEncoder().encode(given) : given };
}

registerUnit();
if (!customElements.get('kettle-verify')) customElements.define('kettle-verify', KettleVerify);
