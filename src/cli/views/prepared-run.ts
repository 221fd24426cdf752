// What a run would execute, for a call that starts nothing.
import type { Terminal } from '../terminal.ts';
import { fieldList } from './fields.ts';
import { oneLine } from './foreign.ts';

export interface PreparedRun {
  readonly job: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Null: the account of the daemon. */
  readonly user: string | null;
  /** Names of the variables that are set; values are not told. */
  readonly env: readonly string[];
  /** Their variables are read when the run starts. */
  readonly envFiles: readonly string[];
}

export function preparedRun(run: PreparedRun, terminal: Terminal): string {
  const fields = fieldList(
    [
      ['job', oneLine(run.job)],
      ['command', oneLine(run.argv.map(quoted).join(' '))],
      ['directory', oneLine(run.cwd)],
      ['user', run.user === null ? null : oneLine(run.user)],
      ['variables', oneLine(run.env.join(' '))],
      ['files of variables', run.envFiles.length === 0 ? null : oneLine(run.envFiles.join(', '))],
    ],
    terminal,
  );
  return `${fields}\n\nNothing was started.`;
}

/** As it could be pasted into a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
