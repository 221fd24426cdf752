// The program behind `jm2 top`: keys and answers change the model, the model is
// drawn, and what a key asks for is done.
import stringWidth from 'string-width';
import { ExitCode, Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import type { Context } from '../context.ts';
import { isCode, unfinishedRuns } from '../named-runs.ts';
import type { Terminal } from '../terminal.ts';
import { said, unfinishedCame } from './arrivals.ts';
import { createFeed } from './feed.ts';
import { openFullScreen } from './full-screen.ts';
import { initialModel } from './model.ts';
import type { TopModel } from './model.ts';
import { press } from './press.ts';
import type { Action } from './press.ts';
import { pageHeld, screenOf } from './screen.ts';

/** Of clocks on the screen, and of questions to the daemon. */
const tickEveryMs = 1_000;
/** A message gives the keys their place back. */
const messageTicks = 10;
/** What comes together is drawn together. */
const drawWithinMs = 40;

export async function runTop(context: Context): Promise<number> {
  // What is wrong with the call is told before the screen is taken.
  await context.locations();
  let model = initialModel;
  let drawing: NodeJS.Timeout | null = null;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  const change = (by: (model: TopModel) => TopModel): void => {
    const before = model;
    model = by(model);
    if (model !== before) drawSoon();
  };
  const drawSoon = (): void => {
    drawing ??= setTimeout(draw, drawWithinMs);
  };
  const draw = (): void => {
    if (drawing !== null) clearTimeout(drawing);
    drawing = null;
    const { columns, rows } = screen.size();
    screen.show(screenOf(model, drawnOn(context.terminal, columns), rows));
  };
  const feed = createFeed({ context, now: Date.now, model: () => model, change });
  const act = async (action: Action): Promise<void> => {
    if (action.kind === 'quit') return end();
    if (action.kind === 'suspend') return screen.suspend();
    try {
      change(await done(context, action));
    } catch (error) {
      change((before) => said(before, problemWords(error), true));
    }
    feed.stale();
    await feed.tick();
  };
  const screen = openFullScreen(context.output, {
    key(key) {
      const { columns, rows } = screen.size();
      const before = model;
      const { model: after, action } = press(model, key);
      model = pageHeld(after, drawnOn(context.terminal, columns), rows);
      if (action !== null) void act(action);
      if (model.selected !== before.selected || model.view !== before.view) void feed.follow();
      draw();
    },
    resized: drawSoon,
    ended: end,
  });
  context.output.onReaderGone(end);

  let told: TopModel['message'] = null;
  let toldTicks = 0;
  const ticking = setInterval(() => {
    toldTicks = model.message === told ? toldTicks + 1 : 0;
    told = model.message;
    if (told !== null && toldTicks >= messageTicks) model = { ...model, message: null };
    void feed.tick();
    drawSoon();
  }, tickEveryMs);
  try {
    draw();
    void feed.tick();
    await ended;
  } finally {
    clearInterval(ticking);
    if (drawing !== null) clearTimeout(drawing);
    feed.close();
    screen.close();
  }
  return ExitCode.ok;
}

/** The screen as it is now: its width may have changed, and time goes on. */
function drawnOn(terminal: Terminal, width: number): Terminal {
  return {
    width,
    isTty: true,
    canAnimate: true,
    zone: terminal.zone,
    now: Date.now(),
    style: (style, text) => terminal.style(style, text),
    cells: stringWidth,
  };
}

/** Does it, and tells what that changes on the screen. */
async function done(
  context: Context,
  action: Exclude<Action, { readonly kind: 'quit' | 'suspend' }>,
): Promise<(model: TopModel) => TopModel> {
  const daemon = await context.daemon();
  const { job } = action;
  switch (action.kind) {
    case 'run': {
      const run = await daemon.run({ job, by: context.actor, force: false });
      return (model) => said(model, `Run ${run.id} of ${job} ${run.state}.`);
    }
    case 'find_unfinished': {
      const runs = (await unfinishedRuns(daemon, job)) ?? [];
      return (model) => unfinishedCame(model, job, runs);
    }
    case 'cancel': {
      for (const run of action.runs) {
        try {
          await daemon.cancel({ run, by: context.actor });
        } catch (error) {
          // It may have ended by itself since the question.
          if (!isCode(error, 'JM2-R104')) throw error;
        }
      }
      const count = action.runs.length;
      return (model) =>
        said(model, `Ending ${count === 1 ? 'the run' : `${count} runs`} of ${job}.`);
    }
    case 'pause': {
      await daemon.pause({
        jobs: [job],
        by: context.actor,
        reason: null,
        until: null,
        cancel: false,
      });
      return (model) => said(model, `${job} is paused until it is resumed; what runs goes on.`);
    }
    case 'resume': {
      await daemon.resume({ jobs: [job], by: context.actor });
      return (model) => said(model, `${job} is resumed.`);
    }
  }
}

function problemWords(error: unknown): string {
  if (error instanceof Jm2Error) return `${error.detail} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
