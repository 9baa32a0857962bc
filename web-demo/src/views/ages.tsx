// How stale certificates and lists are.
import type { Check } from 'kettle-verify';

import type { Verdict } from '../protocol';
import { day } from './banner';
import { StatusMark } from './marks';
import { Sentence } from './parts';
import { words } from './words';

/** A window of time in which certificates or lists say something. */
interface Window {
  id: string;
  title: string;
  status: Check['status'];
  from: string;
  until: string;
  /** How old its beginning was. */
  days: number;
}

const DAY = 86_400_000;

function days(from: string, now: string): number {
  return Math.floor((Date.parse(now) - Date.parse(from)) / DAY);
}

const WINDOW = /^from (\S+Z) to (\S+Z)$/;

/** The windows that checks looked at. */
export function checked(checks: Check[]): Window[] {
  return checks.flatMap(({ id, title, status, expected, found }) => {
    const [, from = '', until = ''] = WINDOW.exec(expected) ?? [];
    const age = days(from, found);
    return Number.isNaN(age) ? [] : [{ id, title, status, from, until, days: age }];
  });
}

const ISSUED = '.issued';

/** The windows that are claims: a list that nobody has to bring says when it was issued, and when the next one comes. */
export function claimed({ claims, now }: Verdict): Window[] {
  return claims.flatMap(({ id, authority, value: from }) => {
    if (authority !== 'collateral' || !id.endsWith(ISSUED)) return [];
    const name = id.slice(0, -ISSUED.length);
    const until = claims.find((other) => other.id === `${name}.next_update`)?.value;
    if (until === undefined) return [];
    return [{ id, title: `the ${words(name.split('.').slice(1).join(' '))}`, status: 'pass' as const, from, until, days: days(from, now) }];
  });
}

/** How stale certificates and lists are. */
export function Ages({ windows }: { windows: Window[] }) {
  if (windows.length === 0) return null;
  return (
    <>
      <h3>How old they are</h3>
      <ul class="compared">
        {windows.map(({ id, title, status, from, until, days }) => (
          <li key={id}>
            <StatusMark status={status} quiet />
            <span>
              {days < 0 ? `${-days} days too early` : days === 1 ? '1 day' : `${days} days`}
              <span class="soft">
                , from {day(from)} until {day(until)}: <Sentence value={title} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
