// Each thing that the API lets a person change, and the entry of the audit it leaves.
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import type { ReadService, Service } from '../../src/api/service.ts';
import { startDaemon, type Daemon } from '../../src/daemon/daemon.ts';
import { readAudit, verifyAudit } from '../../src/daemon/read-audit.ts';
import { readRevisions } from '../../src/daemon/read-revisions.ts';
import { buildLauncher } from '../support/launcher.ts';
import { aProject, until, type Project } from '../support/state.ts';

/** What changes nothing is no business of the audit. */
type Changing = Exclude<keyof Service, keyof ReadService | 'events'>;

const by = 'ann@desk';
const reason = 'because';
const seen = { planId: 'p1:abc', impactDigest: 'i1:def' };
const manifest = (hour: number): string =>
  `version: 1\njobs:\n  dump:\n    schedule: "0 ${hour} * * *"\n    command: "true"\n    concurrency: allow\n  nap:\n    command: sleep 60\n`;

let launcherFile: string;
let project: Project;
let daemon: Daemon;
let api: Service;
let ended = '';
let napping = '';
beforeAll(async () => {
  launcherFile = await buildLauncher();
  project = await aProject(manifest(1), { sync: 'manual' });
  const { settings, locations } = project;
  const given = { settings, locations, launcherFile, version: 'test' };
  daemon = await startDaemon({ ...given, foreground: false, signals: false });
  api = createClient(locations.socket);
});
afterAll(async () => {
  daemon.kill();
  await daemon.stop('drain', 0);
  await project.remove();
  await rm(dirname(launcherFile), { recursive: true, force: true });
});

const inForce = async (): Promise<number> => (await api.status()).revision.applied;
const asNew = { by, force: false };

/** In this order: each finds what those before it left. One that is missing is an error of types. */
const changes = {
  apply: {
    call: () => api.apply({ by, expected: null, reason, seen, confirmWithinMs: 3_600_000 }),
    entry: {
      action: 'manifest.applied',
      facts: { revision: 1, parent: 0, after: expect.stringMatching(/^c1:/), reason, ...seen },
    },
  },
  confirm: {
    call: () => api.confirm({ by, reason }),
    entry: {
      action: 'apply.confirmed',
      facts: { revision: 1, returnsTo: 0, after: expect.stringMatching(/^c1:/), reason },
    },
  },
  applyText: {
    call: async () => {
      const expected = { revision: await inForce(), desiredDigest: null };
      const how = { cause: 'rollback', mode: 'until_changed', restores: 1 } as const;
      return api.applyText({
        by,
        text: manifest(2),
        gitCommit: null,
        expected,
        reason,
        seen,
        ...how,
      });
    },
    entry: { action: 'manifest.rolled_back', facts: { revision: 2, restores: 1, reason, ...seen } },
  },
  sync: {
    call: () => api.sync({ action: 'now', by, reason: null }),
    entry: { action: 'sync.requested', facts: { revision: 2 } },
  },
  tag: {
    call: () => api.tag({ name: 'golden', revision: 1, by, move: false }),
    entry: { action: 'revision.tagged', target: 'revision 1' },
  },
  run: {
    call: async () => {
      ({ id: ended } = await api.run({ job: 'dump', ...asNew }));
      await until(
        () => api.getRun(ended),
        ({ endedAt }) => endedAt !== null,
      );
    },
    entry: { action: 'run.requested', job: 'dump', facts: { trigger: 'manual' } },
  },
  adhoc: {
    call: () => api.adhoc({ by, command: 'true' }),
    entry: { action: 'run.requested', facts: { trigger: 'manual' } },
  },
  rerun: {
    call: () => api.rerun({ run: ended, ...asNew, current: false, serial: false }),
    entry: { action: 'run.requested', job: 'dump', facts: { trigger: 'rerun' } },
  },
  backfill: {
    call: () =>
      api.backfill({
        job: 'dump',
        by,
        all: false,
        dryRun: false,
        limit: 9,
        from: '2026-03-01T00:00:00Z',
        to: '2026-03-03T00:00:00Z',
      }),
    entry: {
      action: 'backfill.requested',
      job: 'dump',
      facts: { runs: 2, from: '2026-03-01T02:00:00.000Z', until: '2026-03-02T02:00:00.000Z' },
    },
  },
  cancel: {
    call: async () => {
      ({ id: napping } = await api.run({ job: 'nap', ...asNew }));
      await api.cancel({ run: napping, by });
    },
    entry: { action: 'run.canceled', job: 'nap' },
  },
  pause: {
    call: () => api.pause({ jobs: ['dump'], by, reason, until: null, cancel: false }),
    entry: { action: 'job.paused', job: 'dump', facts: { reason } },
  },
  resume: {
    call: () => api.resume({ jobs: ['dump'], by }),
    entry: { action: 'job.resumed', job: 'dump', facts: { reason } },
  },
  note: {
    call: () => api.note({ about: 'dump', text: 'slow on Mondays', by }),
    entry: { action: 'note.added', job: 'dump' },
  },
  removeNote: {
    call: async () => {
      const [note] = (await api.notes({ about: 'dump', limit: 1 })).notes;
      await api.removeNote({ id: note?.id ?? 0, by });
    },
    entry: { action: 'note.removed', job: 'dump' },
  },
  flush: {
    call: () =>
      api.flush({
        by,
        history: '2026-01-01T00:00:00Z',
        logs: null,
        oneShots: true,
        all: false,
        dryRun: false,
        after: null,
      }),
    entry: { action: 'flush.requested', facts: { history: '2026-01-01T00:00:00Z' } },
  },
  // It is the last one, below.
  shutdown: null,
} satisfies Record<Changing, { readonly call: () => Promise<unknown>; entry: object } | null>;

const table = Object.entries(changes).flatMap(([name, change]) =>
  change === null ? [] : [[name, change] as const],
);

it.each(table)('%s leaves its entry, with who and from where', async (_, { call, entry }) => {
  const before = newest()?.seq ?? 0;
  await call();
  expect(newest()).toMatchObject({ actor: by, ...entry });
  expect(newest()?.facts['host']).toEqual(expect.any(String));
  expect(newest()?.seq).toBeGreaterThan(before);
});

it('what is asked again with its key is told once', async () => {
  const request = { job: 'dump', ...asNew, requestId: 'key' };
  const first = await api.run(request);
  const { seq } = newest() as { seq: number };
  expect((await api.run(request)).id).toBe(first.id);
  expect(newest()?.seq).toBe(seq);
});

it('a longer wait for the confirmation is told, and so is the end of a hold', async () => {
  await api.sync({ action: 'hold', by, reason });
  expect(newest()).toMatchObject({ action: 'sync.held', facts: { after: 'person', reason } });
  await api.sync({ action: 'resume', by, reason: null });
  expect(newest()).toMatchObject({ action: 'sync.resumed', facts: { before: 'person' } });
  const on = { by, expected: null, confirmWithinMs: 60_000 };
  await api.apply(on);
  await api.apply({ ...on, confirmWithinMs: 120_000 });
  expect(newest()).toMatchObject({ action: 'apply.extended', actor: by, facts: { revision: 3 } });
  expect(verifyAudit(project.locations, null)).toMatchObject({ intact: true, problems: [] });
});

it('what is in force already is told once with why and by which plan it was approved', async () => {
  const approved = { planId: 'p1:later', impactDigest: 'i1:later' };
  const again = { by, expected: null, seen: approved, reason: 'PR 412' };
  expect(await api.apply(again)).toMatchObject({ kind: 'unchanged', revision: 3 });
  const { seq, ...entry } = newest() ?? { seq: 0 };
  expect(entry).toMatchObject({
    action: 'manifest.approved',
    target: 'revision 3',
    facts: { revision: 3, ...approved, reason: 'PR 412' },
  });
  await api.apply(again);
  await api.apply({ by, expected: null });
  expect(newest()?.seq).toBe(seq);
  const [revision] = readRevisions(project.locations, 1);
  expect(revision).toMatchObject({ number: 3, reason: 'PR 412' });
});

it('a stop leaves its entry, with what ran then', async () => {
  await api.shutdown({ mode: 'drain', graceMs: 0, by });
  expect(newest()).toMatchObject({
    actor: by,
    action: 'daemon.stop_requested',
    facts: { graceMs: 0, running: expect.any(Number) },
  });
  expect(verifyAudit(project.locations, null)).toMatchObject({ intact: true, problems: [] });
});

function newest() {
  return readAudit(project.locations, { job: null, limit: 1 })[0];
}
