// What every view of a verdict is given. A view is a pure component of it.
import type { Settings } from 'kettle-verify';

import type { Kettle } from '../client';
import type { Opened, Verdict } from '../protocol';
import type { Document } from '../state';

export interface ViewProps {
  verdict: Verdict;
  opened: Opened;
  /** What the verdict was made under. */
  settings: Settings;
  kettle: Kettle;
}

/** A view that can put a policy in force. */
export interface PolicyProps extends ViewProps {
  /** The policy in force, under its name; none: the built-in one. */
  policy: Document | undefined;
  adopt(policy: Document | undefined): Promise<void>;
}
