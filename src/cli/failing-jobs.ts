// Which jobs count as failing, for every list that is about them.
import type { JobView } from '../api/service.ts';
import { isFailure } from './runbooks.ts';

/** Its last run went wrong; or it was to run once, and that was missed. */
export function isFailing({ lastRun, state }: JobView): boolean {
  return lastRun === null ? state === 'failed' : isFailure(lastRun.state);
}
