// A kept plan for people: where it comes from, whether it still holds, what it does.
import type { PlanFile } from '../../api/plan-file.ts';
import type { Standing } from '../apply-plan-file.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { planText } from './plan.ts';
import { localTime } from './times.ts';

const words: Readonly<Record<Standing, string>> = {
  ready: 'it can be applied',
  rebased:
    'it can be applied: another revision is in force, but for what it changes nothing is different',
  applied: 'it is in force',
  expired: 'it has expired',
  other_installation: 'it was made for another installation',
  other_meaning: 'its text means something else here than where it was planned',
  stale: 'it no longer fits: another revision is in force, and it would undo changes of others',
  unknown: 'what is in force here is not known',
};

export function planFileText(
  path: string,
  file: PlanFile,
  standing: Standing,
  terminal: Terminal,
): string {
  const { zone, now } = terminal;
  const time = (instant: string): string =>
    `${localTime(Date.parse(instant), zone)} (${relativeTime(Date.parse(instant), now)})`;
  const good = standing === 'ready' || standing === 'rebased' || standing === 'applied';
  const commit = file.gitCommit === null ? '' : `, commit ${file.gitCommit.slice(0, 10)}`;
  return [
    `${terminal.style('bold', oneLine(path))}: ${terminal.style(good ? 'green' : 'yellow', words[standing])}`,
    `planned ${time(file.plannedAt)} by ${oneLine(file.by)}${commit}, good until ${time(file.expiresAt)}`,
    `impact ${file.plan.impactDigest}`,
    '',
    planText(
      { ...file.plan, diagnostics: [] },
      { source: file.manifest },
      { ...terminal, now: Date.parse(file.plan.at) },
    ),
  ].join('\n');
}
