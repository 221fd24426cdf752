// Gathers everything the doctor looks at, and judges it. Works with and without a
// daemon, on a store in any state; changes nothing.
import { existsSync, statSync } from 'node:fs';
import { uptime } from 'node:os';
import type { StatusView } from '../../api/service.ts';
import { diagnose, type Diagnosis } from '../../core/doctor/diagnose.ts';
import type { DoctorFacts, StoreFacts } from '../../core/doctor/facts.ts';
import type { Looked } from '../../core/doctor/finding.ts';
import type { Job, Manifest } from '../../core/manifest/job.ts';
import { joinErrors, zoneErrors } from '../../core/schedule/zone-data.ts';
import { zonesOf, zoneWarnings } from '../../core/schedule/zone-warnings.ts';
import type { Locations } from '../../settings/locations.ts';
import type { Settings } from '../../settings/settings.ts';
import { inspectStore, sqliteRelease } from '../../store/sqlite/inspect-store.ts';
import { openStoreReader } from '../../store/sqlite/open-store.ts';
import type { StoreReader } from '../../store/store.ts';
import { systemClock } from '../../system/clock.ts';
import { readEnvironment } from '../../system/process-identity.ts';
import { lastSign } from '../life.ts';
import { newestRun } from '../older-store.ts';
import { errorsByHost } from '../zone-notices.ts';
import { gatherDaemon, gatherStrays } from './gather-daemon.ts';
import { gatherJobs, gatherStarts, type KnownJob, type StartFacts } from './gather-jobs.ts';
import {
  gatherDisk,
  gatherFuture,
  gatherLimits,
  gatherRights,
  gatherSource,
} from './gather-place.ts';
import { look } from './look.ts';
import { copiesSetAside } from './set-aside.ts';

export interface ExamineInput {
  readonly version: string;
  /** What is wrong with the settings; null when that cannot be told. */
  readonly settingsProblems: Looked<readonly string[]>;
  /** Null: why, is in `missing`, or the settings are wrong. */
  readonly place: { readonly places: Locations; readonly settings: Settings } | null;
  /** Why there is no manifest; null when there is one, or nobody could look. */
  readonly missing: string | null;
  readonly settingsFile: string | null;
  /** Null when no daemon answers. */
  readonly askStatus: () => Promise<StatusView | null>;
}

export async function examine(input: ExamineInput): Promise<Diagnosis> {
  const now = systemClock.now();
  const runtime = await look('SQLite', () => {
    const { version, isSound } = sqliteRelease();
    return { node: process.versions.node, sqlite: version, isSqliteSound: isSound };
  });
  const host = { now, uid: process.geteuid?.() ?? 0, runtime, settings: input.settingsProblems };
  if (input.place === null) {
    const place: DoctorFacts['place'] =
      input.missing === null ? null : { ok: true, value: { missing: input.missing } };
    return diagnose({ ...nothing, ...host, place });
  }
  return diagnose({ ...host, ...(await gatherAll({ ...input, ...input.place, now })) });
}

const nothing = {
  zones: null,
  place: null,
  source: null,
  rights: null,
  disk: null,
  limits: null,
  future: null,
  daemon: null,
  store: null,
  ledger: null,
  logs: null,
  strays: null,
  programs: null,
  users: null,
  secrets: null,
  jobs: null,
} as const;

type Gathered = Omit<DoctorFacts, 'now' | 'uid' | 'runtime' | 'settings'>;

async function gatherAll(
  input: ExamineInput & {
    readonly places: Locations;
    readonly settings: Settings;
    readonly now: number;
  },
): Promise<Gathered> {
  const { places, now } = input;
  // Before the store is opened, which may make files beside it.
  const rights = await look('rights', () => gatherRights(places, input.settingsFile));
  const future = await look('times of files', () => gatherFuture(places.stateDir, now));
  const status = await input.askStatus().catch(() => null);
  const isRunning = status?.daemon.running === true;
  const store = await look('the store', () => storeFacts(places));
  const isReadable = store?.ok === true && store.value.state === 'sound';
  const reader = isReadable ? await readerOf(places) : null;
  try {
    const withStore = <T>(what: string, gather: (opened: StoreReader) => T | Promise<T>) =>
      reader === null ? null : look(what, () => gather(reader));
    const revision = await withStore('the store', (opened) => opened.latestRevision());
    const inForce = revision?.ok === true ? revision.value : null;
    const source = await look('the manifest', () =>
      gatherSource(places.manifest, inForce?.number ?? status?.revision.applied ?? 0),
    );
    const daemon = await look('the daemon', () =>
      gatherDaemon({ places, status, store: reader, version: input.version, now }),
    );
    const holder = daemon?.ok === true ? daemon.value.holder : null;
    const manifest = source?.ok === true ? source.value.manifest : null;
    const known = await look('the jobs', () =>
      knownJobs(inForce === null ? null : reader, manifest),
    );
    const jobs = known?.ok === true ? known.value : [];
    const starts = await look('programs and secrets', () =>
      gatherStarts({
        jobs: jobs.map(({ job }) => job),
        manifestDir: places.manifestDir,
        daemonEnv: holder === null ? process.env : environmentOf(holder),
        clock: systemClock,
      }),
    );
    return {
      place: { ok: true, value: { missing: null } },
      source: part(source, ({ facts }) => facts),
      zones: await look('the time-zone data', () => zoneFacts(jobs, now)),
      rights,
      disk: await look('the disk', () => gatherDisk(places.stateDir)),
      limits: await look('limits', () => gatherLimits(holder)),
      future,
      daemon,
      store,
      ledger: await withStore('the ledger', (opened) => opened.auditLedger()),
      logs: await withStore('the logs', (opened) => ({
        bytes: opened.logBytes(),
        bound: input.settings.keepLogBytes,
      })),
      strays: await withStore('running commands', (opened) =>
        gatherStrays({
          store: opened,
          runsDir: places.runsDir,
          bootedAt: now - uptime() * 1000,
          isRunning,
        }),
      ),
      programs: partOfStarts(starts, jobs, ({ programs }) => programs),
      users: partOfStarts(starts, jobs, ({ users }) => users),
      secrets: partOfStarts(starts, jobs, ({ problems, exposed }) => ({ problems, exposed })),
      jobs:
        jobs.length === 0 && known?.ok === true
          ? null
          : await look('the past of the jobs', () =>
              gatherJobs({
                jobs,
                store: reader,
                concurrencyMax: inForce?.concurrencyMax ?? manifest?.limits.concurrencyMax ?? 64,
                admittingSince:
                  isRunning && status.daemon.startedAt !== null
                    ? Date.parse(status.daemon.startedAt)
                    : null,
                now,
              }),
            ),
    };
  } finally {
    reader?.close();
  }
}

function part<A, B>(looked: Looked<A>, take: (value: A) => B): Looked<B> {
  return looked?.ok === true ? { ok: true, value: take(looked.value) } : looked;
}

/** Without jobs there is nothing to look at. */
function partOfStarts<B>(
  starts: Looked<StartFacts>,
  jobs: readonly KnownJob[],
  take: (value: StartFacts) => B,
): Looked<B> {
  return jobs.length === 0 && starts?.ok === true ? null : part(starts, take);
}

function storeFacts(places: Locations): StoreFacts {
  const isDirectory = statSync(places.stateDir, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isDirectory) return { path: places.database, state: 'missing', problems: [], setAside: [] };
  const { state, problems } = inspectStore(places.database);
  const isGone = state === 'missing' || state === 'empty';
  const wasHere =
    lastSign(places.stateDir) !== null ||
    (existsSync(places.runsDir) && newestRun(places.runsDir) !== null);
  return {
    path: places.database,
    state: isGone ? (wasHere ? 'lost' : 'missing') : state,
    problems,
    setAside: copiesSetAside(places),
  };
}

/** Null when it was damaged a moment ago or later. */
async function readerOf(places: Locations): Promise<StoreReader | null> {
  const opened = await look('the store', () => openStoreReader(places.database));
  return opened?.ok === true ? opened.value : null;
}

/** What is in force; before the first revision, what the manifest has. */
function knownJobs(reader: StoreReader | null, manifest: Manifest | null): KnownJob[] {
  if (reader === null) {
    const bare = { uid: null, fault: null, pause: null, changedAt: null };
    return (manifest?.jobs ?? []).map((job: Job) => ({ job, ...bare }));
  }
  const applied = new Map<number, number | null>();
  return reader.jobs().map(({ job, uid, fault, pause, revision }) => {
    const at = applied.get(revision) ?? reader.revision(revision)?.appliedAt ?? null;
    applied.set(revision, at);
    return { job, uid, fault, pause, changedAt: at };
  });
}

/** The environment that references lead into; null when it may not be looked at. */
export function environmentOf(pid: number): Record<string, string> | null {
  const entries = readEnvironment(pid).filter((entry) => entry.includes('='));
  if (entries.length === 0) return null;
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

async function zoneFacts(
  jobs: readonly KnownJob[],
  now: number,
): Promise<{ readonly warnings: readonly string[]; readonly isWrong: boolean }> {
  const release = process.versions['tz'];
  const schedules = jobs.map(({ job }) => job);
  const zones = zonesOf(schedules);
  const errors = joinErrors(zoneErrors(release, zones), await errorsByHost(release, zones, now));
  return { warnings: zoneWarnings(release, errors, schedules, now), isWrong: errors.length > 0 };
}
