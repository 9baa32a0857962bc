// The page's style for a shadow tree: what holds for the document holds for the shell in its place. Nothing that the
// page around sets comes in: inherited properties begin anew, and lengths don't go by the size of its root.
import banner from './banner.css?inline';
import base from './base.css?inline';
import chain from './chain.css?inline';
import deep from './deep.css?inline';
import lab from './lab.css?inline';
import page from './page.css?inline';
import tokens from './tokens.css?inline';
import verdict from './verdict.css?inline';

/** The reader's own size of type, whatever the page around has made of it; `rem` would be that page's. */
const HOST = ':host{display:block;font-size:medium!important;--kettle-rem:1em!important}:host([hidden]){display:none}';
const RESET = '.shell{all:initial;direction:ltr;display:block;container-type:inline-size;padding:1rem}';

/** Pixels of a `rem` where it stands in a condition, which can't have a variable. */
const USUAL = 16;

let made: CSSStyleSheet[] | undefined;

/** The sheets, shared by all elements of a page. */
export function sheets(): CSSStyleSheet[] {
  made ??= [HOST, ...[RESET, tokens, base, page, banner, verdict, chain, deep, lab].map(hosted)].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  return made;
}

/** Without this each use of the unit would be relative to the type around it. It can be said once. */
export function registerUnit(): void {
  try {
    CSS.registerProperty({ name: '--kettle-rem', syntax: '<length>', inherits: true, initialValue: `${USUAL}px` });
  } catch {
    // Another copy of this module has.
  }
}

function hosted(text: string): string {
  return text
    .replaceAll(/:root\[data-theme=(['"]?)(\w+)\1\]/g, ':host([data-theme="$2"]) .shell')
    .replaceAll(':root', '.shell')
    .replaceAll(/(^|[},])\s*html(?=\s*\{)/g, '$1.shell')
    // What counts is the room that the page gives to the element, not the window.
    .replaceAll(/@media\s*(?=\((?:max-width:|width\s*<=))/g, '@container ')
    .replaceAll(/@container[^{]*/g, (condition) => condition.replaceAll(REM, (_, count: string) => `${Number(count) * USUAL}px`))
    .replaceAll(REM, 'calc($1*var(--kettle-rem))');
}

const REM = /(-?[\d.]+)rem\b/g;
