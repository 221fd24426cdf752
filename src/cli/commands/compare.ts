// Two runs side by side: how they went, what the job said otherwise, what they printed.
import type { ReadService, RunView } from '../../api/service.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { compareOutputs, comparedLinesMax } from '../compared-outputs.ts';
import { changesOptions, codeOfChanges } from '../changes-exit-code.ts';
import type { Context } from '../context.ts';
import { textFormatOption, wantedTextFormat } from '../formats/text-format.ts';
import type { Input } from '../input.ts';
import { namedRun } from '../named-runs.ts';
import { comparisonRows, comparisonText } from '../views/run-comparison.ts';

export const compareCommand: CommandDefinition = {
  name: 'compare',
  summary: 'Show two runs side by side',
  description:
    'State, exit, times and trigger, what the specs said otherwise when they ran, and the difference between what they printed: of the last attempt of each, line by line. With one run or job, the other is the newest run before it that succeeded, so that `jm2 compare JOB` says what is different since all was well. The names stand in the order in which they are given: before, after.',
  arguments: [
    { name: '<run-or-job>', description: 'id of a run or its beginning; a job is its newest run' },
    { name: '[run-or-job]', description: 'the other one (default: the last success before it)' },
  ],
  options: [
    {
      flags: '-n, --lines <number>',
      description: `how many of the last lines of each output (default and at most: ${comparedLinesMax})`,
    },
    { flags: '--full', description: 'the whole difference of the outputs, however long' },
    ...changesOptions('they differ in more than time'),
    textFormatOption(['human', 'markdown']),
  ],
  examples: [
    { command: 'jm2 compare dump-shop', meaning: 'the newest run and the last success before it' },
    { command: 'jm2 compare 01jq8v3k 01jq9w2m', meaning: 'two runs' },
    { command: 'jm2 compare dump-shop --format md', meaning: 'for a ticket' },
  ],
  run: compare,
};

async function compare(context: Context, input: Input): Promise<Answer> {
  const lines = input.count('lines', { min: 1, max: comparedLinesMax }) ?? comparedLinesMax;
  const format = wantedTextFormat(context, input);
  const { value } = await context.read(async (service) => {
    const [from, to] = await meant(service, input.needed(0), input.argument(1));
    return service.compare({ from: from.id, to: to.id });
  });
  const { runs, fields } = value;
  const output = await compareOutputs(context, runs, lines);
  const rows = comparisonRows(runs, context.terminal);
  const data = {
    runs,
    differences: rows.filter(({ differs }) => differs).map(({ name }) => name),
    fields,
    output: output.difference,
    outputProblem: output.problem,
  };
  const differs =
    rows.some((row) => row.differs && !row.isTime) ||
    (fields ?? []).length > 0 ||
    output.difference?.same === false;
  const shown = { rows, fields, output, isFull: input.flag('full') };
  const page =
    format === 'markdown'
      ? (await import('../formats/comparison-markdown.ts')).comparisonMarkdown(runs, shown)
      : null;
  return {
    data,
    exitCode: codeOfChanges(input, differs),
    text: (terminal) => page ?? comparisonText(runs, shown, terminal),
  };
}

async function meant(
  service: ReadService,
  first: string,
  second: string | null,
): Promise<readonly [RunView, RunView]> {
  const run = await namedRun(service, first);
  if (second !== null) return [run, await namedRun(service, second)];
  const { runs } = await service.history({
    job: run.job,
    until: run.queuedAt,
    states: ['succeeded'],
    limit: 1,
  });
  const [before] = runs;
  if (before !== undefined) return [before, run];
  throw operationalError('JM2-R102', {
    detail: `No run of "${run.job}" succeeded before run ${run.id}.`,
    hint: `jm2 compare ${run.id} RUN`,
  });
}
