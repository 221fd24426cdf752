// Prints the page of an error code.
import { explainPage } from '../../core/diagnostics/explain-page.ts';
import { findEntry, operationalError, registryEntries } from '../../core/diagnostics/registry.ts';
import type { CommandDefinition } from '../command.ts';
import { didYouMean, nearest } from '../usage-errors.ts';

export const explainCommand: CommandDefinition = {
  name: 'explain',
  summary: 'Explain an error code',
  description: 'Tells what the code means, what still holds, and the way out.',
  arguments: [{ name: '<code>', description: 'such as JM2-M201, or short: M201' }],
  options: [],
  examples: [
    { command: 'jm2 explain JM2-M201', meaning: 'what an unknown key means' },
    { command: 'jm2 explain S101', meaning: 'the short form of a code' },
  ],
  async run(_context, input) {
    const asked = input.needed(0);
    const entry = findEntry(asked);
    if (entry === undefined) {
      const codes = registryEntries.map(({ code }) => code);
      const word = /^jm2-/i.test(asked) ? asked : `JM2-${asked}`;
      throw operationalError('JM2-C105', {
        detail: `There is no code "${asked}".`,
        ...withHint(didYouMean(nearest(word, codes))),
      });
    }
    return { data: entry, text: () => explainPage(entry) };
  },
};

function withHint(hint: string | null): { hint?: string } {
  return hint === null ? {} : { hint };
}
