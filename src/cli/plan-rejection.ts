// A manifest that was refused by the daemon or the store, shown as `validate`
// shows it: with snippets, as far as the text is at hand.
import type { PlanView } from '../api/plan-views.ts';
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { Locations } from '../settings/locations.ts';
import type { Terminal } from './terminal.ts';
import { diagnosticsText, problemCounts } from './views/diagnostics.ts';

/** The same diagnostics about the file as people name it. */
export function named(diagnostics: readonly Diagnostic[], file: string): readonly Diagnostic[] {
  return diagnostics.map((one) => (one.file === null ? one : { ...one, file }));
}

/** The same plan of the file as people name it. */
export function namedPlan(plan: PlanView, file: string): PlanView {
  return {
    ...plan,
    changes: plan.changes.map((change) =>
      change.source === null ? change : { ...change, source: { ...change.source, file } },
    ),
    diagnostics: named(plan.diagnostics, file),
  };
}

export function rejectionText(
  diagnostics: readonly Diagnostic[],
  source: string | null,
): (terminal: Terminal) => string {
  return (terminal) =>
    `${diagnosticsText({ source, diagnostics }, terminal)}\n\n${terminal.style('red', 'not accepted')}: ${problemCounts(diagnostics)}`;
}

/** Text of the manifest as it was judged, to quote from; null when it is not at hand. */
export async function readSource(
  places: Pick<Locations, 'manifest' | 'database'>,
): Promise<string | null> {
  // Not within the try: where this is left out, the whole program has to answer.
  const { judgedText } = await import('../daemon/judged-text.ts');
  try {
    return await judgedText(places);
  } catch {
    // The snippet is a help; without the text the diagnostic still tells the place.
    return null;
  }
}
