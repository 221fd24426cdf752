// Where each shell looks for a person's own completion scripts, and what is left
// to do there. Files that people write themselves (.bashrc, .zshrc) are theirs:
// the line for them is told, not written.
import { dirname, join } from 'node:path';
import type { Shell } from './scripts.ts';

export interface ScriptPlace {
  readonly file: string;
  /** A line for a person's own start-up file; null when the shell finds the script by itself. */
  readonly line: string | null;
  /** What else to know. */
  readonly remark: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function placeOf(shell: Shell, env: Environment, home: string): ScriptPlace {
  const data = directory(env['XDG_DATA_HOME']) ?? join(home, '.local/share');
  const config = directory(env['XDG_CONFIG_HOME']) ?? join(home, '.config');
  switch (shell) {
    case 'bash':
      return {
        file: join(data, 'bash-completion/completions/jm2'),
        line: null,
        remark:
          'New shells with the bash-completion package find it; without the package, source it from .bashrc.',
      };
    case 'zsh': {
      const file = join(data, 'zsh/site-functions/_jm2');
      return {
        file,
        line: `fpath=(${dirname(file)} $fpath)`,
        remark: 'Goes into .zshrc before compinit, unless it is there already.',
      };
    }
    case 'fish':
      return {
        file: join(config, 'fish/completions/jm2.fish'),
        line: null,
        remark: 'New shells find it.',
      };
    case 'powershell': {
      const file = join(config, 'powershell/jm2-completion.ps1');
      return { file, line: `. ${file}`, remark: 'Goes into the file that $PROFILE names.' };
    }
  }
}

/** The specification has relative paths ignored. */
function directory(value: string | undefined): string | null {
  return value?.startsWith('/') === true ? value : null;
}

/** The shell that `SHELL` names; null for another one. */
export function shellNamed(path: string | undefined): string {
  const name = path?.split('/').at(-1) ?? '';
  return name === 'pwsh' ? 'powershell' : name;
}
