// Work that takes a moment, shown step by step: as a moving list on a terminal,
// as plain lines where people read a record of it, not at all in JSON.
import type { Context } from './context.ts';

export interface Step {
  readonly title: string;
  run(): Promise<void>;
}

/** Runs the steps in order; the first failure ends it and is thrown. */
export async function runSteps(context: Context, steps: readonly Step[]): Promise<void> {
  const { output, terminal } = context;
  if (!terminal.canAnimate || output.json || output.quiet) {
    for (const step of steps) {
      await step.run();
      if (!output.json) output.note(`done: ${step.title}`);
    }
    return;
  }
  // Loaded here: only a terminal pays for it.
  const { Listr } = await import('listr2');
  const list = new Listr(
    steps.map((step) => ({ title: step.title, task: () => step.run() })),
    {
      renderer: 'default',
      exitOnError: true,
      // The caller handles signals itself.
      registerSignalListeners: false,
      rendererOptions: { showErrorMessage: false, collapseErrors: false },
    },
  );
  await list.run();
}
