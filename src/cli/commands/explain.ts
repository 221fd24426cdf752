// Prints the page of an error code or of a hazard, or what a field of the manifest means and
// which value of it holds for a job.
import { explainPage } from '../../core/diagnostics/explain-page.ts';
import { findEntry, operationalError, registryEntries } from '../../core/diagnostics/registry.ts';
import type { CommandDefinition } from '../command.ts';
import { didYouMean, nearest } from '../usage-errors.ts';
import { foldedPage } from '../views/wrapped.ts';

export const explainCommand: CommandDefinition = {
  name: 'explain',
  summary: 'Explain an error code, a hazard of a plan, or a job field',
  description:
    'Of a code or a hazard, what it means, what still holds, and the way out. Of a field, what it means; behind the name of a job, also its value there and where that comes from.',
  arguments: [
    {
      name: '<code-or-field>',
      description: 'such as JM2-M201, M201 or period_lost; timeout, or dump-shop.retry.limit',
      offers: 'error codes',
    },
  ],
  options: [],
  examples: [
    { command: 'jm2 explain JM2-M201', meaning: 'what an unknown key means' },
    { command: 'jm2 explain period_lost', meaning: 'what a hazard of a plan means' },
    { command: 'jm2 explain catch_up.window', meaning: 'a field of the manifest' },
    { command: 'jm2 explain dump-shop.timeout', meaning: 'its value, and what gave it' },
  ],
  async run(context, input) {
    const asked = input.needed(0);
    const entry = findEntry(asked);
    if (entry !== undefined)
      return { data: entry, text: (terminal) => foldedPage(explainPage(entry), terminal) };
    const { findHazard, hazardEntries, hazardPage } =
      await import('../../core/plan/hazard-register.ts');
    const hazard = findHazard(asked);
    if (hazard !== undefined)
      return { data: hazard, text: (terminal) => foldedPage(hazardPage(hazard), terminal) };
    const { explainField, explainableFields } = await import('../explain-field.ts');
    const field = await explainField(context, asked);
    if (field !== null) return field;
    const codes = registryEntries.map(({ code }) => code);
    const hazards = hazardEntries.map(({ code }) => code);
    const isCode = /^(jm2-)?[a-z]?\d+$/i.test(asked);
    const word = /^jm2-/i.test(asked) || !isCode ? asked : `JM2-${asked}`;
    throw operationalError('JM2-C105', {
      detail: `There is no code${isCode ? '' : ' and no field'} "${asked}".`,
      ...withHint(
        didYouMean(nearest(word, isCode ? codes : [...explainableFields(), ...hazards, ...codes])),
      ),
    });
  },
};

function withHint(hint: string | null): { hint?: string } {
  return hint === null ? {} : { hint };
}
