// What to do about a check. The core's advice is for every user and names options of the command line; on the page
// it is followed by where the same is done here.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import { Sentence } from './parts';

/** Whether the places below are there: on the page, not in an element on somebody else's. */
export const OnPage = createContext(false);

/** What the advice may name, and how it is done on the page. */
export const PLACES: Record<string, string> = {
  '--collateral': 'drop the file anywhere on this page; its content says what it is',
  '--at': 'set the time under `Time and trust`, below the sentence',
  '--trust-root': 'drop the trust-root file anywhere on this page, which then asks whether you trust it',
  '--subject': 'give the files that you have one by one, not their folder, and remove what is not meant under `Files`, further down',
  '--without-artifacts': 'press `Without the files` under `Time and trust`, below the sentence',
  'kettle-verify evidence': 'start over, and give the document alone',
};

export function Mend({ value }: { value: string }) {
  const here = useContext(OnPage);
  const places = Object.entries(PLACES).filter(([name]) => here && value.includes(`\`${name}\``));
  return (
    <>
      <Sentence value={value} />
      {places.map(([name, place]) => (
        <span key={name} class="place">
          <span class="soft">
            <code>{name}</code> on this page:
          </span>{' '}
          <Sentence value={place} />
        </span>
      ))}
    </>
  );
}
