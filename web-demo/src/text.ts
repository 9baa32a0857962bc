// Names from the input, made safe to look at: what is invisible or moves other letters is shown by its number,
// and letters that look like Latin ones are marked.

/** A part of a text. */
export interface Part {
  text: string;
  /** `hidden`: shown by its number. `lookalike`: a letter that looks like another. */
  kind: 'plain' | 'hidden' | 'lookalike';
  /** Why it is marked; empty where it is plain. */
  why: string;
}

/** Controls, formats (bidirectional, zero-width, tags), private use, unassigned, odd spaces, fillers. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|(?! )\p{Zs}/u;

/** Scripts with letters that look like Latin ones. */
const LOOKALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\uff01-\uff5e\u2100-\u214f\u{1d400}-\u{1d7ff}]/u;

const LATIN = /\p{Script=Latin}/u;

/** Marks that stand over others: a few make a letter, many bury one. */
const MARK = /\p{M}/u;
const MARKS = 2;

/** The text in parts, which joined say what it holds. A line feed is hidden too; for documents there is `lines`. */
export function parts(text: string): Part[] {
  const suspicious = LATIN.test(text) || !/[^\p{Script=Cyrillic}\p{Script=Greek}]/u.test(text.replaceAll(/[^\p{L}]/gu, ''));
  const found: Part[] = [];
  let marks = 0;
  for (const character of text) {
    marks = MARK.test(character) ? marks + 1 : 0;
    add(found, marks > MARKS ? numbered(character) : part(character, suspicious));
  }
  return found;
}

/** Whether every part of the text is plain. */
export function isPlain(text: string): boolean {
  return parts(text).every(({ kind }) => kind === 'plain');
}

/** The text with what is hidden written as `\u{…}`: for titles, labels, files that are saved. */
export function plain(text: string): string {
  return parts(text).map((one) => one.text).join('');
}

function part(character: string, suspicious: boolean): Part {
  if (HIDDEN.test(character)) return numbered(character);
  if (suspicious && LOOKALIKE.test(character)) {
    return { text: character, kind: 'lookalike', why: `U+${number(character)}: not the Latin letter that it looks like` };
  }
  return { text: character, kind: 'plain', why: '' };
}

function numbered(character: string): Part {
  return { text: `\\u{${number(character)}}`, kind: 'hidden', why: 'a character that can\'t be seen, or that changes how others are shown' };
}

function number(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
}

function add(parts: Part[], next: Part): void {
  const last = parts.at(-1);
  if (last?.kind === 'plain' && next.kind === 'plain') last.text += next.text;
  else parts.push(next);
}
