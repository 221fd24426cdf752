// Judges manifests again on every change of one, or of a file it reads, until
// the person has enough. How they are judged is the command's.
import type { Answer } from './command.ts';
import type { Context } from './context.ts';
import { clockTime } from './views/times.ts';

export interface Judgement {
  readonly answer: Answer;
  /** Absolute paths of what was read. */
  readonly paths: readonly string[];
}

/** The exit code of the last judgement, once somebody interrupts. */
export async function judgeOnEachChange(
  context: Context,
  judge: () => Promise<Judgement>,
): Promise<number> {
  const { output, terminal } = context;
  const { watchFiles } = await import('../daemon/watch-files.ts');
  const watched = watchFiles((problem) => output.note(problem));
  let stop = (): void => {};
  const stopped = new Promise<'stopped'>((resolve) => (stop = () => resolve('stopped')));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let shown = '';
  let exitCode = 0;
  let isAsked = true;
  try {
    for (;;) {
      const { answer, paths } = await judge();
      const { data, error } = answer;
      const now = JSON.stringify([data, error]);
      // What only a watch that has just begun might have overlooked is told when it is news.
      if (isAsked || now !== shown) {
        shown = now;
        exitCode = answer.exitCode ?? 0;
        if (!output.json)
          output.text(
            `${terminal.style('dim', clockTime(Date.now(), terminal.zone))}\n${answer.text(terminal)}`,
          );
        else if (error === undefined) output.success(data);
        else output.failure(error, data);
      }
      isAsked = !(await watched.set(paths));
      if (!isAsked) continue;
      if ((await Promise.race([watched.changed(), stopped])) === 'stopped') return exitCode;
    }
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await watched.close();
  }
}
