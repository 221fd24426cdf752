// Lines that jobs printed. On a terminal their control characters are shown
// instead of obeyed; into a file or a pipe they go as they are.
import type { LogLine } from '../../api/service.ts';
import { escapeForTerminal } from '../../core/diagnostics/escape-for-terminal.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';

export interface LogForm {
  /** Name the job before each line: several are shown. */
  readonly named: boolean;
}

/** With a line break after each line; '' for none. */
export function logText(lines: readonly LogLine[], form: LogForm, terminal: Terminal): string {
  const escape = terminal.isTty;
  return lines
    .map(({ job, text }) => {
      const shown = escape ? escapeForTerminal(text) : text;
      const prefix = form.named
        ? `${terminal.style('cyan', oneLine(job))} ${terminal.style('dim', '|')} `
        : '';
      return `${prefix}${shown}\n`;
    })
    .join('');
}

/** Byte for byte what the commands printed; only the note where a log was cut is jm2's own. */
export function logBytes(lines: readonly LogLine[]): Uint8Array {
  return Buffer.concat(
    lines.flatMap(({ text, base64, unfinished }) => [
      base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64'),
      ...(unfinished === true ? [] : [newline]),
    ]),
  );
}

const newline = Buffer.from('\n');
