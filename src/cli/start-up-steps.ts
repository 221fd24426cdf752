// Start-up shown step by step while somebody else does the work: a moving list
// on a terminal, one line per step elsewhere.
import type { Context } from './context.ts';

export type StepState = 'started' | 'done' | 'failed';

export interface StartUpSteps {
  /** Steps come one after the other; each is started, then done or failed. */
  report(step: string, state: StepState): void;
  /** All steps have been reported, or the start failed. */
  finish(): Promise<void>;
}

export async function showStartUp(context: Context): Promise<StartUpSteps> {
  const { output, terminal } = context;
  if (output.quiet || output.json) {
    return { report: () => undefined, finish: async () => undefined };
  }
  if (!terminal.canAnimate) {
    return {
      report(step, state) {
        if (state !== 'started') output.text(`${state === 'done' ? 'ok' : 'FAILED'}  ${step}`);
      },
      finish: async () => undefined,
    };
  }
  return listrSteps();
}

/** One small list per step, one after the other: their lines stay where they are. */
async function listrSteps(): Promise<StartUpSteps> {
  const { Listr } = await import('listr2');
  const open = new Map<string, { done: () => void; fail: (error: Error) => void }>();
  let shown: Promise<unknown> = Promise.resolve();
  const begin = (step: string): void => {
    const work = new Promise<void>((resolve, reject) => {
      open.set(step, { done: resolve, fail: reject });
    });
    // Its failure is reported by whoever does the work.
    work.catch(() => undefined);
    const list = new Listr([{ title: step, task: () => work }], {
      renderer: 'default',
      registerSignalListeners: false,
      rendererOptions: { showErrorMessage: false },
    });
    shown = shown.then(() => list.run().catch(() => undefined));
  };
  return {
    report(step, state) {
      if (!open.has(step)) begin(step);
      if (state === 'done') open.get(step)?.done();
      if (state === 'failed') open.get(step)?.fail(new Error(step));
    },
    async finish() {
      // A start that failed leaves its last step open.
      for (const [step, { fail }] of open) fail(new Error(step));
      await shown;
    },
  };
}
