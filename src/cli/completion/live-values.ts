// The values that live: jobs, runs and tags as the daemon or the store knows
// them, and what the program itself knows. Newest or most likely first where an
// order helps, else by name.
import type { JobView, RunView } from '../../api/service.ts';
import type { Manifest } from '../../core/manifest/job.ts';
import type { Context } from '../context.ts';
import { relativeTime } from '../views/durations.ts';
import { oneLine } from '../views/foreign.ts';
import type { Offer } from './offers.ts';
import type { Candidate } from './wanted-values.ts';

const runsOffered = 60;
const revisionsOffered = 30;
/** Ids begin with the time; ten letters of it are a millisecond. */
const idLength = 10;
const descriptionMax = 60;
/** A larger manifest is not read while somebody waits at a prompt. */
const manifestMaxBytes = 1024 * 1024;

export async function liveValues(context: Context, offer: Offer): Promise<readonly Candidate[]> {
  switch (offer) {
    case 'jobs':
      return jobs(context);
    case 'paused jobs':
      return (await listed(context)).filter(({ pause }) => pause !== null).map(jobCandidate);
    case 'tags':
      return tags(context);
    case 'revisions':
      return revisions(context);
    case 'runs':
      return runs(context, false);
    case 'jobs and runs':
      return [...(await jobs(context)), ...(await runs(context, false))];
    case 'unfinished':
      return unfinished(context);
    case 'zones':
      return ['UTC', ...Intl.supportedValuesOf('timeZone')].map(bare);
    case 'fields':
      return (await fields()).map(bare);
    case 'fields to set':
      return (await fields()).map((name) => bare(`${name}=`));
    case 'schedules': {
      const { BUILT_IN_SCHEDULES } = await import('../../core/schedule/named-schedules.ts');
      const own = (await ofManifest(context))?.namedSchedules ?? {};
      return Object.entries({ ...BUILT_IN_SCHEDULES, ...own }).map(([name, rule]) =>
        candidate(`@${name}`, typeof rule === 'string' ? rule : JSON.stringify(rule)),
      );
    }
    case 'calendars':
      return Object.values((await ofManifest(context))?.calendars ?? {}).map(({ name, files }) =>
        candidate(name, files.join(', ')),
      );
    case 'event kinds': {
      const { eventKinds } = await import('../../core/selection/select-events.ts');
      return eventKinds.map(bare);
    }
    case 'error codes': {
      const { registryEntries } = await import('../../core/diagnostics/registry.ts');
      const { hazardEntries } = await import('../../core/plan/hazard-register.ts');
      return [...registryEntries, ...hazardEntries].map(({ code, summary }) => ({
        value: code,
        description: summary,
      }));
    }
    case 'commands': {
      const { commandTable } = await import('../command-table.ts');
      return commandTable.map(({ name, summary }) => ({ value: name, description: summary }));
    }
    case 'files':
    case 'directories':
    case 'nothing':
      return [];
  }
}

async function fields(): Promise<readonly string[]> {
  const { fieldNames } = await import('../../core/manifest/generated/field-names.ts');
  return fieldNames['#/properties/jobs/additionalProperties'] ?? [];
}

async function listed(context: Context): Promise<readonly JobView[]> {
  return (await context.read((service) => service.list())).value.jobs;
}

async function jobs(context: Context): Promise<readonly Candidate[]> {
  const known = await listed(context);
  return known.length > 0 ? known.map(jobCandidate) : declared(context);
}

/** The jobs of the manifest, while none is in force. */
async function declared(context: Context): Promise<readonly Candidate[]> {
  return ((await ofManifest(context))?.jobs ?? []).map(({ name, description }) =>
    candidate(name, description ?? 'not in force'),
  );
}

/** Null where there is none that could be read at once. */
async function ofManifest(context: Context): Promise<Manifest | null> {
  const place = await context.locations().catch(() => null);
  const { statSync } = await import('node:fs');
  const size = place === null ? null : statSync(place.manifest, { throwIfNoEntry: false })?.size;
  if (place === null || size === null || size === undefined || size > manifestMaxBytes) return null;
  const { judgeManifest } = await import('../manifest-file.ts');
  return (await judgeManifest(place.manifest, place.manifest)).manifest;
}

async function tags(context: Context): Promise<readonly Candidate[]> {
  const counts = new Map<string, number>();
  for (const job of await listed(context)) {
    for (const tag of job.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, count]) => candidate(tag, count === 1 ? '1 job' : `${count} jobs`));
}

async function revisions(context: Context): Promise<readonly Candidate[]> {
  const { readRevisions } = await import('../../daemon/read-revisions.ts');
  const known = readRevisions(await context.locations(), revisionsOffered);
  return known.flatMap(({ number, appliedAt, reason, tags: names }) => {
    const ago = relativeTime(Date.parse(appliedAt), context.terminal.now);
    const words = `${ago}${reason === null ? '' : `: ${reason}`}`;
    return [String(number), ...names].map((value) => candidate(value, words));
  });
}

async function runs(context: Context, onlyUnfinished: boolean): Promise<readonly Candidate[]> {
  const { value } = await context.read((service) =>
    service.history({
      limit: runsOffered,
      ...(onlyUnfinished ? { states: ['queued', 'running'] as const } : {}),
    }),
  );
  return value.runs.map((run) => candidate(shortId(run, value.runs), runWords(run, context)));
}

async function unfinished(context: Context): Promise<readonly Candidate[]> {
  const found = await context.read((service) =>
    service.history({ limit: runsOffered, states: ['queued', 'running'] }),
  );
  const names = [...new Set(found.value.runs.map(({ job }) => job))].toSorted();
  return [
    ...names.map((name) => candidate(name, 'its queued and running runs')),
    ...(await runs(context, true)),
  ];
}

/** As short as tells it from the others offered. */
function shortId({ id }: RunView, among: readonly RunView[]): string {
  for (let length = idLength; length < id.length; length += 1) {
    const beginning = id.slice(0, length);
    if (among.filter((other) => other.id.startsWith(beginning)).length === 1) return beginning;
  }
  return id;
}

function runWords({ job, state, startedAt, queuedAt }: RunView, { terminal }: Context): string {
  const ago = relativeTime(Date.parse(startedAt ?? queuedAt), terminal.now);
  return `${job} ${state.replace('_', ' ')} ${ago}`;
}

function jobCandidate({ name, state, description }: JobView): Candidate {
  return candidate(name, description === null ? state : `${state}: ${description}`);
}

function bare(value: string): Candidate {
  return { value, description: '' };
}

function candidate(value: string, description: string): Candidate {
  const line = oneLine(description);
  return {
    value,
    description: line.length <= descriptionMax ? line : `${line.slice(0, descriptionMax - 1)}…`,
  };
}
