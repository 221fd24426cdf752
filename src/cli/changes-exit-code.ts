// How a command ends that looks for changes and found some: with 0, unless
// somebody asked to be told, and with which number.
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import type { CommandOption } from './command.ts';
import type { Input } from './input.ts';

/** `when`: what counts, such as "there are changes". */
export function changesOptions(when: string): readonly CommandOption[] {
  return [
    { flags: '--detailed-exitcode', description: `end with 2 when ${when}` },
    {
      flags: '--exit-code-on-changes <number>',
      offers: 'nothing',
      description: 'the same with another code than 2, for pipelines that take 2 for a failure',
    },
  ];
}

export function codeOfChanges(input: Input, isChanged: boolean): number {
  const other = input.count('exitCodeOnChanges', { min: 0, max: 255 });
  if (!isChanged) return ExitCode.ok;
  return other ?? (input.flag('detailedExitcode') ? ExitCode.changes : ExitCode.ok);
}
