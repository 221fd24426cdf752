// The verdict on each file: problems with snippets, then one line that sums up.
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import type { Manifest } from '../../core/manifest/job.ts';
import type { Terminal } from '../terminal.ts';
import { diagnosticsText, problemCounts } from './diagnostics.ts';
import { oneLine } from './foreign.ts';
import { count } from './status.ts';

export interface Verdict {
  readonly file: string;
  readonly text: string | null;
  readonly manifest: Manifest | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly accepted: boolean;
}

export function validationText(verdicts: readonly Verdict[], terminal: Terminal): string {
  const blocks = verdicts.map((verdict) => {
    const problems = diagnosticsText(
      { source: verdict.text, diagnostics: verdict.diagnostics },
      terminal,
    );
    return problems === ''
      ? verdictLine(verdict, terminal)
      : `${problems}\n\n${verdictLine(verdict, terminal)}`;
  });
  return blocks.join('\n');
}

function verdictLine(
  { file, manifest, diagnostics, accepted }: Verdict,
  terminal: Terminal,
): string {
  const name = oneLine(file);
  if (!accepted) {
    return `${terminal.style('red', 'not accepted')}  ${name}: ${problemCounts(diagnostics)}`;
  }
  const jobs = count(manifest?.jobs.length ?? 0, 'job');
  const remarks = diagnostics.length === 0 ? '' : `, ${problemCounts(diagnostics)}`;
  return `${terminal.style('green', 'valid')}  ${name}: ${jobs}${remarks}`;
}
