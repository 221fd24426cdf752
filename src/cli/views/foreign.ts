// Text from manifests and jobs inside one line of our own: harmless, and
// without line breaks that would tear a table.
import { escapeForTerminal } from '../../core/diagnostics/escape-for-terminal.ts';

export function oneLine(text: string): string {
  return escapeForTerminal(text.replace(/\s*[\r\n]+\s*/g, ' ').replaceAll('\t', ' '));
}
