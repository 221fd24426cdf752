// Asks before something changes, where somebody can be asked.
import { createInterface } from 'node:readline/promises';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Context } from './context.ts';

/** True when question and answer have a terminal to go over. */
export function canAsk(context: Context): boolean {
  return process.stdin.isTTY && process.stderr.isTTY && !context.output.json;
}

/**
 * Returns when the answer is yes; Enter alone is no. Throws JM2-P208 for another
 * answer, and where nobody can be asked; `data` then stands beside the error.
 */
export async function confirmed(context: Context, question: string, data: unknown): Promise<void> {
  if (!canAsk(context)) {
    throw operationalError('JM2-P208', {
      detail: `"${question}" cannot be asked here, and --yes was not given. Nothing was changed.`,
      data,
    });
  }
  const answer = await ask(`${question} [y/N] `);
  if (answer !== null && /^y(es)?$/i.test(answer.trim())) return;
  throw operationalError('JM2-P208', {
    detail: 'The answer was not yes. Nothing was changed.',
    hint: null,
    data,
  });
}

/** Null when Ctrl-C or Ctrl-D closed the prompt, which is another thing than Enter. */
export async function ask(question: string): Promise<string | null> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<null>((resolve) => prompt.once('close', () => resolve(null)));
    const answer = await Promise.race([prompt.question(question), closed]);
    // Nobody ended the line of the question.
    if (answer === null) process.stderr.write('\n');
    return answer;
  } finally {
    prompt.close();
  }
}
