// How every project is whose state lies in this home: each asked as `jm2 status`
// in it would ask, and one that does not answer keeps no other from it.
import type { JobView, ReadService, StatusView } from '../api/service.ts';
import { locationsFor } from '../settings/locations.ts';
import type { Settings } from '../settings/settings.ts';
import type { KnownProject } from '../daemon/known-projects.ts';
import { readFrom } from './read-from.ts';
import { statusProblems } from './status-problems.ts';

/** Asked at the same time. */
const atOnce = 16;

export interface ProjectStatus {
  /** Null when no daemon has said yet which one it followed. */
  readonly manifest: string | null;
  readonly stateDir: string;
  /** Null when it cannot be asked. */
  readonly running: boolean | null;
  readonly pid: number | null;
  readonly state: string | null;
  readonly revision: number | null;
  readonly jobs: number | null;
  readonly runs: number | null;
  readonly problems: number | null;
  /** The next start of any of its jobs. */
  readonly next: { readonly job: string; readonly at: string } | null;
  /** Why it cannot be asked; null for one that answers. */
  readonly fault: string | null;
}

export async function statusOfAll(settings: Settings): Promise<readonly ProjectStatus[]> {
  const asked = await askAll(settings, async (service) => ({
    status: await service.status(),
    jobs: (await service.list()).jobs,
  }));
  return asked.map(statusFrom);
}

/** What a project answered; null for one that cannot be asked, with why. */
export interface ProjectAnswer<T> {
  readonly manifest: string | null;
  readonly stateDir: string;
  readonly answer: { readonly value: T; readonly live: boolean } | null;
  readonly fault: string | null;
}

export async function askAll<T>(
  settings: Settings,
  ask: (service: ReadService) => Promise<T>,
): Promise<readonly ProjectAnswer<T>[]> {
  const { knownProjects } = await import('../daemon/known-projects.ts');
  const known = knownProjects(settings.home);
  const found: ProjectAnswer<T>[] = [];
  for (let from = 0; from < known.length; from += atOnce) {
    const some = known.slice(from, from + atOnce);
    found.push(...(await Promise.all(some.map((one) => answerOf(one, settings, ask)))));
  }
  return found;
}

async function answerOf<T>(
  { stateDir, manifest, fault }: KnownProject,
  settings: Settings,
  ask: (service: ReadService) => Promise<T>,
): Promise<ProjectAnswer<T>> {
  if (fault !== null) return { manifest, stateDir, answer: null, fault };
  const isUserManifest = stateDir === settings.home;
  const place = locationsFor(manifest ?? 'jobs.yaml', isUserManifest, { ...settings, stateDir });
  try {
    const answer = await readFrom(place, () => Promise.resolve(settings))(ask);
    return { manifest, stateDir, answer, fault: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { manifest, stateDir, answer: null, fault: reason };
  }
}

function statusFrom({
  manifest,
  stateDir,
  answer,
  fault,
}: ProjectAnswer<{
  readonly status: StatusView;
  readonly jobs: readonly JobView[];
}>): ProjectStatus {
  if (answer === null) {
    return {
      manifest,
      stateDir,
      running: null,
      pid: null,
      state: null,
      revision: null,
      jobs: null,
      runs: null,
      problems: null,
      next: null,
      fault,
    };
  }
  const { status, jobs } = answer.value;
  const [next] = jobs
    .flatMap(({ name, nextRun }) => (nextRun === null ? [] : [{ job: name, at: nextRun }]))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return {
    manifest: answer.live ? status.manifest.path : manifest,
    stateDir,
    running: status.daemon.running,
    pid: status.daemon.pid,
    state: status.health.state,
    revision: status.revision.applied === 0 ? null : status.revision.applied,
    jobs: status.manifest.jobs,
    runs: status.health.running,
    problems: statusProblems(status, jobs).length,
    next: status.daemon.running ? (next ?? null) : null,
    fault: null,
  };
}
