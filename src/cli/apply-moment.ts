// When an approved plan is applied: at once, when none of its jobs runs, or from an
// instant on. Whether a job runs is decided by the daemon together with the apply;
// here it is only asked again.
import type { ApplyReply, Service } from '../api/service.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Context } from './context.ts';
import type { Input } from './input.ts';
import { parseWhen } from './instants.ts';
import { wrongArguments } from './usage-errors.ts';
import { localTime } from './views/times.ts';

export type ApplyMoment =
  | { readonly kind: 'now' }
  | { readonly kind: 'idle'; readonly timeoutMs: number }
  | { readonly kind: 'after'; readonly at: number };

const idleTimeoutMs = 3_600_000;
const askEveryMs = 1_000;
/** An approval is not kept for ever. */
const aheadMaxMs = 7 * 86_400_000;

export function applyMoment(context: Context, input: Input): ApplyMoment {
  const when = input.text('when') ?? 'now';
  const timeoutMs = input.duration('timeout');
  if (timeoutMs !== null && when !== 'idle') {
    throw wrongArguments(
      '--timeout is about --when idle.',
      'For example: --when idle --timeout 2h',
    );
  }
  if (when === 'now') return { kind: 'now' };
  if (when === 'idle') return { kind: 'idle', timeoutMs: timeoutMs ?? idleTimeoutMs };
  const { now } = context.terminal;
  const at = when.startsWith('after:') ? nextOf(when.slice('after:'.length), context) : null;
  if (at === null || at > now + aheadMaxMs) {
    throw wrongArguments(
      `--when got "${when}".`,
      'Write now, idle, after:23:00, or after: and a time within seven days.',
    );
  }
  return { kind: 'after', at };
}

/** A time of day that is over today means the one of tomorrow. */
function nextOf(text: string, { terminal }: Context): number | null {
  const at = parseWhen(text, terminal);
  if (at === null || at > terminal.now) return at;
  return /^\d{1,2}:\d{2}(:\d{2})?$/.test(text) ? parseWhen(`tomorrow ${text}`, terminal) : at;
}

/** `tell` hears of a wait, and when the apply begins, in that order. */
export async function applyAt(
  context: Context,
  daemon: Service,
  moment: ApplyMoment,
  request: Parameters<Service['apply']>[0],
  tell: {
    readonly waiting: (until: number | null, reason: string) => void;
    readonly started: () => void;
  },
): Promise<ApplyReply> {
  if (moment.kind === 'after') {
    const { zone } = context.terminal;
    const until = `${localTime(moment.at, zone)} ${zone}`;
    context.output.note(`Waits until ${until}; Ctrl-C gives it up.`);
    tell.waiting(moment.at, `until ${until}`);
    // In pieces: the clock may be set, and the host may sleep.
    for (;;) {
      const leftMs = moment.at - Date.now();
      if (leftMs <= 0) break;
      await sleep(Math.min(leftMs, 10_000));
    }
  }
  if (moment.kind !== 'idle') {
    tell.started();
    return daemon.apply(request);
  }
  const deadline = performance.now() + moment.timeoutMs;
  for (let asked = 0; ; asked += 1) {
    try {
      const reply = await daemon.apply({ ...request, ifIdle: true });
      // Only now is it known that no job was in the way.
      tell.started();
      return reply;
    } catch (error) {
      const isBusy = error instanceof Jm2Error && error.code === 'JM2-P225';
      if (!isBusy || performance.now() + askEveryMs > deadline) throw error;
      if (asked === 0) {
        context.output.note(`${error.detail} Waits for their end.`);
        tell.waiting(null, error.detail);
      }
    }
    await sleep(askEveryMs);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
