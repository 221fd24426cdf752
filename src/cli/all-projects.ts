// How every project is whose state lies in this home: each asked as `jm2 status`
// in it would ask, and one that does not answer keeps no other from it.
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
  const { knownProjects } = await import('../daemon/known-projects.ts');
  const known = knownProjects(settings.home);
  const found: ProjectStatus[] = [];
  for (let from = 0; from < known.length; from += atOnce) {
    const some = known.slice(from, from + atOnce);
    found.push(...(await Promise.all(some.map((one) => statusOf(one, settings)))));
  }
  return found;
}

async function statusOf(project: KnownProject, settings: Settings): Promise<ProjectStatus> {
  const { stateDir, manifest } = project;
  const silent = {
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
  };
  if (project.fault !== null) return { ...silent, fault: project.fault };
  const isUserManifest = stateDir === settings.home;
  const place = locationsFor(manifest ?? 'jobs.yaml', isUserManifest, { ...settings, stateDir });
  try {
    const { value, live } = await readFrom(place, () => Promise.resolve(settings))(
      async (service) => ({ status: await service.status(), jobs: (await service.list()).jobs }),
    );
    const { status, jobs } = value;
    const [next] = jobs
      .flatMap(({ name, nextRun }) => (nextRun === null ? [] : [{ job: name, at: nextRun }]))
      .toSorted((a, b) => (a.at < b.at ? -1 : 1));
    return {
      manifest: live ? status.manifest.path : manifest,
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
  } catch (error) {
    return { ...silent, fault: error instanceof Error ? error.message : String(error) };
  }
}
