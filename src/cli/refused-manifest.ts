// The answer of a command that needs a valid manifest and got none: the same
// problems with snippets that `validate` shows, as an error.
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import type { Answer } from './command.ts';
import { notAccepted } from './manifest-file.ts';
import type { JudgedManifest } from './manifest-file.ts';
import { validationText } from './views/validation.ts';

export function refusedManifest(judged: JudgedManifest, consequence?: string): Answer {
  return {
    data: { diagnostics: judged.diagnostics },
    error: notAccepted(judged.diagnostics).toBody(),
    exitCode: ExitCode.manifestNotAccepted,
    problem: true,
    text: (terminal) => {
      const verdict = validationText([{ ...judged, accepted: false }], terminal);
      return consequence === undefined ? verdict : `${verdict}\n${consequence}`;
    },
  };
}
