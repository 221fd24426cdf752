// Writes what is in force into one file, for plans where there is no daemon.
import { resolve } from 'node:path';
import { replaceFile } from '../../system/replace-file.ts';
import { escapeJson } from '../../core/diagnostics/escape-for-terminal.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { CommandDefinition } from '../command.ts';

export const snapshotCommand: CommandDefinition = {
  name: 'snapshot',
  summary: 'Write what is in force into a file to plan against',
  description:
    'For reviews where neither daemon nor store is at hand, such as a pull request from a fork: `jm2 plan --against snapshot:FILE`. Holds the jobs in force, how long their runs took and which are paused; no value that looks like a secret and no names of people. Works beside a running daemon.',
  arguments: [],
  options: [
    { flags: '-o, --out <file>', description: 'write it there (default: to standard output)' },
  ],
  examples: [
    { command: 'jm2 snapshot --out production.json', meaning: 'to be kept as a build artifact' },
    { command: 'jm2 snapshot > production.json', meaning: 'the same, through a pipe' },
  ],
  async run(context, input) {
    const place = await context.locations();
    const { snapshotOf } = await import('../../daemon/plan-from-store.ts');
    const snapshot = await snapshotOf(place, context.terminal.now);
    const out = input.text('out');
    if (out === null)
      return { data: { snapshot, file: null }, text: () => escapeJson(JSON.stringify(snapshot)) };
    const file = resolve(context.cwd, out);
    try {
      await replaceFile(file, `${JSON.stringify(snapshot)}\n`);
    } catch (error) {
      throw operationalError('JM2-C107', {
        detail: `${context.shownPath(file)} cannot be written: ${(error as Error).message}.`,
        cause: error,
      });
    }
    const { jobs, revision } = snapshot;
    return {
      data: { snapshot: null, file },
      confirmation: true,
      text: () => `${context.shownPath(file)}: ${jobs.length} jobs of revision ${revision}`,
    };
  },
};
