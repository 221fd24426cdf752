// Asks a service manager by its own program, found by PATH as people find it.
import { execFile } from 'node:child_process';
import { operationalError } from '../../core/diagnostics/registry.ts';

export interface ProgramAnswer {
  /** Null when there is no such program. */
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A stop waits for jobs; whoever asked has Ctrl-C. */
const answerWithinMs = 3_600_000;
const outputBytesMax = 1024 * 1024;

export function askProgram(words: readonly string[]): Promise<ProgramAnswer> {
  const [file = '', ...args] = words;
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { timeout: answerWithinMs, maxBuffer: outputBytesMax },
      (error, output, errors) => {
        if (error === null) return resolve({ code: 0, output, errors });
        const isMissing = error.code === 'ENOENT' || error.code === 'EACCES';
        const code = isMissing ? null : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, output, errors });
      },
    );
    child.stdin?.end();
  });
}

/** Throws JM2-D111 and JM2-D112; `stands` says what was done before. */
export async function mustDo(words: readonly string[], stands: string): Promise<string> {
  const { code, output, errors } = await askProgram(words);
  if (code === 0) return output;
  const said = errors.trim() === '' ? `It ended with code ${code}.` : errors.trim();
  if (code === null) {
    throw operationalError('JM2-D111', {
      detail: `There is no program "${words[0]}" here. ${stands}`,
      hint: 'jm2 service install --dry-run',
    });
  }
  const isAbsent = /not been booted with systemd|Failed to connect to (the )?(user scope )?bus/i;
  if (isAbsent.test(errors)) {
    throw operationalError('JM2-D111', {
      detail: `\`${words.join(' ')}\` says:\n${indented(said)}\n${stands}`,
      hint: 'jm2 service install --dry-run',
    });
  }
  throw operationalError('JM2-D112', {
    detail: `\`${words.join(' ')}\` says:\n${indented(said)}\n${stands}`,
  });
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
