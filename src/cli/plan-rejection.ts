// A manifest that was refused by the daemon or the store, shown as `validate`
// shows it: with snippets, as far as the text is at hand.
import { readFile, stat } from 'node:fs/promises';
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { Context } from './context.ts';
import type { Terminal } from './terminal.ts';
import { diagnosticsText, problemCounts } from './views/diagnostics.ts';

const snippetSourceMaxBytes = 64 * 1024 * 1024;

/** `proposal` null: the diagnostics are about the manifest file. */
export async function planRejection(
  context: Context,
  diagnostics: readonly Diagnostic[],
  proposal: string | null,
  manifest: string,
): Promise<(terminal: Terminal) => string> {
  const source = proposal ?? (await readSource(manifest));
  const shown = diagnostics.map((one) => ({
    ...one,
    file: one.file === null ? null : context.shownPath(one.file),
  }));
  return (terminal) =>
    `${diagnosticsText({ source, diagnostics: shown }, terminal)}\n\n${terminal.style('red', 'not accepted')}: ${problemCounts(diagnostics)}`;
}

async function readSource(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    return size > snippetSourceMaxBytes ? null : await readFile(path, 'utf8');
  } catch {
    // The snippet is a help; without the file the diagnostic still tells the place.
    return null;
  }
}
