// A difference of texts as a patch, coloured for a terminal.
import { escapeForTerminal } from '../../core/diagnostics/escape-for-terminal.ts';
import type { Terminal } from '../terminal.ts';

/** `patch` in the unified form; its separator line is left out. */
export function diffText(patch: string, terminal: Terminal): string {
  return patch
    .split('\n')
    .filter((line) => !/^(===|Index: |\\ No newline)/.test(line))
    .map((line) => styled(escapeForTerminal(line), terminal))
    .join('\n')
    .trimEnd();
}

function styled(line: string, terminal: Terminal): string {
  if (line.startsWith('+++') || line.startsWith('---')) return terminal.style('bold', line);
  if (line.startsWith('@@')) return terminal.style('cyan', line);
  if (line.startsWith('+')) return terminal.style('green', line);
  return line.startsWith('-') ? terminal.style('red', line) : line;
}
