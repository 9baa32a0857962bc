// The page's style for a shadow tree: what holds for the document holds for the element in its place.
import banner from './banner.css?inline';
import base from './base.css?inline';
import chain from './chain.css?inline';
import deep from './deep.css?inline';
import lab from './lab.css?inline';
import page from './page.css?inline';
import tokens from './tokens.css?inline';
import verdict from './verdict.css?inline';

const OWN = ':host{display:block;container-type:inline-size;padding:1rem;text-align:start}:host([hidden]){display:none}';

let made: CSSStyleSheet[] | undefined;

/** The sheets, shared by all elements of a page. */
export function sheets(): CSSStyleSheet[] {
  made ??= [tokens, base, page, banner, verdict, chain, deep, lab, OWN].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(hosted(text));
    return sheet;
  });
  return made;
}

function hosted(text: string): string {
  return text
    .replaceAll(/:root\[data-theme=(['"]?)(\w+)\1\]/g, ':host([data-theme="$2"])')
    .replaceAll(':root', ':host')
    .replaceAll(/(^|[},])\s*html(?=\s*\{)/g, '$1:host')
    // What counts is the room that the page gives to the element, not the window.
    .replaceAll(/@media\s*(?=\((?:max-width:|width\s*<=))/g, '@container ');
}
