// The loop: when the manifest is looked at, one look or apply at a time, until the
// recorded state equals the desired one. A hint says only "look again". What a look
// does is in look.ts, what people order in apply-file.ts, apply-text.ts and confirm.ts.
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { CancelTimer } from '../system/clock.ts';
import { createAnnouncements } from './announcements.ts';
import { createApplyFile } from './apply-file.ts';
import { applyTextVerified, createApplyText } from './apply-text.ts';
import { createCarryOut } from './carry-out.ts';
import { confirm } from './confirm.ts';
import { createGoBack } from './go-back.ts';
import { createLook } from './look.ts';
import type { ReconcilerParts } from './parts.ts';
import { createPasses } from './passes.ts';
import { planNow } from './plan-now.ts';
import { corePlanner } from './planning.ts';
import type { Reconciler } from './reconciler.ts';
import { createSight } from './sight.ts';
import { createStanding } from './standing.ts';
import { changeHold } from './stored-hold.ts';
import { createVerdicts } from './verdicts.ts';

/** The watcher may miss a change, a content hash cannot. */
const hashEveryMs = 30_000;

export function createReconciler(given: ReconcilerParts): Reconciler {
  const parts = { ...given, planner: given.planner ?? corePlanner };
  const { clock, log } = parts;
  const announcements = createAnnouncements(log);
  const sight = createSight(parts, hint);
  const standing = createStanding(parts, (why) => void passes.request(why));
  const verdicts = createVerdicts(parts, standing, announcements);
  const carryOut = createCarryOut(parts, standing, announcements);
  const applyText = createApplyText(parts, standing, sight);
  const { takeBack, whenLate } = createGoBack(parts, standing, applyText, carryOut);
  const hands = { standing, sight, verdicts, carryOut, takeBack };
  const applyFile = createApplyFile(parts, hands);
  const look = createLook(parts, hands);
  /** A look by order is no glance: even content with a verdict is judged again. */
  let isOrdered = false;
  let cancelHash: CancelTimer = () => {};
  const passes = createPasses({
    clock,
    pass,
    failed(error, why, retryInMs) {
      log.error({ err: error, why, retryInMs }, 'reconciling failed');
    },
  });

  async function pass(why: string): Promise<boolean | number> {
    standing.renew();
    await whenLate();
    if (standing.endLateHold()) {
      log.info({}, 'the time of the hold is over');
      standing.conclude(null);
    }
    if (isOrdered) {
      isOrdered = false;
      standing.conclude(null);
      sight.forget();
    }
    return look(why);
  }

  function hint(why: string): void {
    sight.hinted();
    void passes.request(why);
  }

  function armHash(): void {
    cancelHash = clock.setTimer(hashEveryMs, () => {
      void passes.request('content hash');
      armHash();
    });
  }

  /** After an apply that was taken back, the file waits; its caller sees it so. */
  async function inTurn<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await passes.inTurn(body);
    } catch (error) {
      if (error instanceof Jm2Error && error.code === 'JM2-P223')
        await passes.request('taken back');
      throw error;
    }
  }

  return {
    async start() {
      // The last good revision comes first: whatever the file is now, its jobs run on.
      standing.load();
      standing.arm();
      // In place before the first look, so that no change falls between the two.
      await parts.watch.start(hint);
      await passes.request('start');
      armHash();
    },
    hint,
    async lookNow(by) {
      // Before the look: a crash in between has recorded a wish, never lost a deed.
      parts.store.audit({
        at: clock.now(),
        actor: by,
        action: 'sync.requested',
        target: 'manifest',
        detail: null,
        facts: { revision: standing.revision },
      });
      isOrdered = true;
      await passes.request('sync now');
    },
    reconcileNow(why) {
      isOrdered = true;
      return passes.request(why);
    },
    plan: (input) => planNow(parts, standing, sight, input),
    // A pass that waits for a suspicious file to hold still must not keep a
    // person waiting who has looked at it.
    apply: (input) => sight.urgent(() => inTurn(() => applyFile(input, takeBack))),
    confirm: (by, reason = null) => passes.inTurn(() => confirm(parts, standing, by, reason)),
    async applyText(input) {
      const result = await inTurn(() => applyTextVerified(applyText, input, carryOut, takeBack));
      // What the file says now has to be judged against what is in force now.
      standing.conclude(null);
      await passes.request('applied text');
      return result;
    },
    async changeHold(request) {
      await passes.inTurn(async () => {
        const { hold, revision } = standing;
        standing.setHold(changeHold(parts, hold, { ...request, revision }));
      });
      standing.conclude(null);
      await passes.request(request.kind);
    },
    status: () => ({ ...standing.status(), git: sight.git, committed: sight.committed }),
    on: announcements.on,
    async stop() {
      sight.stop();
      cancelHash();
      standing.stop();
      await parts.watch.close();
      await sight.close();
      await passes.stop();
    },
  };
}
