// What two runs printed, line against line: the output of the last attempt of each.
import type { ReadService, RunView } from '../api/service.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Context } from './context.ts';

/** Lines of each output that are compared at most. */
export const comparedLinesMax = 5_000;
/** Beyond, two outputs have so little in common that a difference says nothing. */
const editsMax = 20_000;
const withinMs = 5_000;

export interface OutputDifference {
  readonly same: boolean;
  /** Lines compared of each. */
  readonly lines: readonly [number, number];
  /** There was more, and the last lines are compared. */
  readonly truncated: boolean;
  readonly removed: number;
  readonly added: number;
  /** Unified; empty for equal outputs, null where they have too little in common. */
  readonly patch: string | null;
}

export type ComparedOutputs =
  | { readonly difference: OutputDifference; readonly problem: null }
  /** Why it cannot be compared. */
  | { readonly difference: null; readonly problem: string };

export async function compareOutputs(
  context: Context,
  runs: readonly [RunView, RunView],
  lines: number,
): Promise<ComparedOutputs> {
  let outputs: readonly [Output, Output];
  try {
    const { value } = await context.read(async (service) => {
      return [
        await outputOf(service, runs[0], lines),
        await outputOf(service, runs[1], lines),
      ] as const;
    });
    outputs = value;
  } catch (error) {
    // A log that may not be shown keeps nobody from comparing the rest.
    if (!(error instanceof Jm2Error) || error.code !== 'JM2-R110') throw error;
    return { difference: null, problem: error.detail };
  }
  const gone = runs.find((run) => hasLost(run));
  if (gone !== undefined) {
    return { difference: null, problem: `The log of run ${gone.id} went by retention.` };
  }
  return { difference: await differenceOf(runs, outputs), problem: null };
}

interface Output {
  readonly lines: readonly string[];
  readonly truncated: boolean;
}

async function outputOf(service: ReadService, run: RunView, lines: number): Promise<Output> {
  if (run.attempts === 0) return { lines: [], truncated: false };
  // One more tells whether there is more.
  const page = await service.logs({ run: run.id, attempt: run.attempts, lines: lines + 1 });
  const texts = page.lines.map(({ text }) => text);
  return { lines: texts.slice(-lines), truncated: texts.length > lines };
}

function hasLost({ notes }: RunView): boolean {
  return notes.some(({ code }) => code === 'log_removed');
}

async function differenceOf(
  runs: readonly [RunView, RunView],
  [before, after]: readonly [Output, Output],
): Promise<OutputDifference> {
  const [left, right] = [before, after].map(({ lines }) =>
    lines.map((line) => `${line}\n`).join(''),
  );
  const facts = {
    lines: [before.lines.length, after.lines.length] as const,
    truncated: before.truncated || after.truncated,
  };
  if (left === right) return { ...facts, same: true, removed: 0, added: 0, patch: '' };
  const { createTwoFilesPatch } = await import('diff');
  const patch = createTwoFilesPatch(
    runs[0].id,
    runs[1].id,
    left ?? '',
    right ?? '',
    undefined,
    undefined,
    {
      maxEditLength: editsMax,
      timeout: withinMs,
    },
  );
  if (patch === undefined) {
    const [removed, added] = facts.lines;
    return { ...facts, same: false, removed, added, patch: null };
  }
  const signs = patch.split('\n').slice(4);
  return {
    ...facts,
    same: false,
    removed: signs.filter((line) => line.startsWith('-')).length,
    added: signs.filter((line) => line.startsWith('+')).length,
    patch,
  };
}
