// Reports of plans between two manifests, at a fixed time, with what differs
// from host to host left out.
import { planBetween } from '../../src/daemon/plan-between.ts';
import type { Report } from '../../src/cli/formats/report.ts';

const head = 'version: 1\ntimezone: Europe/Berlin\njobs:\n';

export function aReport(report: Partial<Report> = {}): Report {
  return {
    command: 'plan',
    version: '1.0.0',
    source: 'jobs.yaml',
    against: 'git:main',
    kept: null,
    files: [],
    diagnostics: [],
    plan: null,
    accepted: true,
    publicEnv: [],
    name: null,
    placeOf: () => null,
    isChanged: () => false,
    ...report,
  };
}

/** `before` and `after` are the jobs, each line indented by two. */
export function plannedReport(
  before: string,
  after: string,
  report: Partial<Report> = {},
): Report & { readonly plan: NonNullable<Report['plan']> } {
  const text = (jobs: string, file: string) => ({ text: head + jobs, file, directory: '/' });
  const reply = planBetween({
    base: text(before, 'git:main'),
    proposal: text(after, 'jobs.yaml'),
    now: Date.parse('2026-03-27T12:00:00Z'),
    horizonMs: 7 * 86_400_000,
  });
  if (reply.kind === 'rejected') throw new Error(JSON.stringify(reply.diagnostics));
  const plan = { ...reply.plan, timezoneData: null };
  return { ...aReport({ diagnostics: plan.diagnostics, ...report }), plan };
}

const job = (name: string, schedule: string, more = ''): string =>
  `  ${name}: {schedule: "${schedule}", command: ./${name.split('-')[0]}.sh${more}}\n`;

/** Ten changes: created, changed, renamed, removed, with hazards of all kinds. */
export function tenChanges(): Report & { readonly plan: NonNullable<Report['plan']> } {
  const before = [
    job('backup', '0 3 * * *'),
    job('report', '0 9 * * 1'),
    job('sync', 'every 10m'),
    job('mail', '0 8 * * *', ', env: {GREETING: hello}'),
    job('old-name', '0 1 * * *'),
    job('gone-a', 'every 5m'),
    job('gone-b', '0 12 1 * *'),
    job('same', '0 0 * * *'),
  ].join('');
  const after = [
    job('backup', '30 2 * * *'),
    job('report', '0 9 1 1 *'),
    job('sync', 'every 5m'),
    job('mail', '0 8 * * *', ', env: {GREETING: good day}'),
    job('new-name', '0 1 * * *', ', renamed_from: old-name'),
    job('fresh-a', '*/10 * * * *'),
    job('fresh-b', '0 4 * * *'),
    job('fresh-c', '15 2 * * *', ', user: root'),
    job('same', '0 0 * * *'),
  ].join('');
  return plannedReport(before, after, { name: 'prod' });
}

export function noChanges(): Report & { readonly plan: NonNullable<Report['plan']> } {
  return plannedReport(job('backup', '0 3 * * *'), job('backup', '0 3 * * *'));
}

/** The ten, three hundred times: what is tested is how it is told, not how it is planned. */
export function threeThousandChanges(): Report & { readonly plan: NonNullable<Report['plan']> } {
  const ten = tenChanges();
  const changes = Array.from({ length: 300 }, (_, at) =>
    ten.plan.changes.map((change) => ({ ...change, job: `${change.job}-${at}` })),
  ).flat();
  const { create, update, rename, delete: removed, unchanged } = ten.plan.summary;
  const summary = {
    create: create * 300,
    update: update * 300,
    rename: rename * 300,
    delete: removed * 300,
    unchanged,
  };
  return { ...ten, plan: { ...ten.plan, changes, summary } };
}
