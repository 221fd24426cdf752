// Another release of the time-zone data than the daemon before had: tells which
// jobs run at other times by it, and keeps a local time that was settled from
// coming due once more.
import { movedWatermark, nextByRules } from '../core/runs/zone-change.ts';
import {
  changedZones,
  coversZones,
  parseZoneRules,
  takeZoneRules,
  type ZoneRules,
} from '../core/schedule/zone-rules.ts';
import type { JobRecord, StoreReader } from '../store/store.ts';
import type { JobEntry } from './job-table.ts';
import { recordFault, recordRow } from './occurrences.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

const rulesFact = 'zone_rules';
const changeFact = 'zone_change';
/** Jobs that are named in the fact and in the log, each. */
const jobsNamed = 20;

/** The last change of the data that moved a job, for `status`. */
export interface ZoneChange {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly zones: readonly string[];
  /** How many jobs have their next start at another time, and the names of the first. */
  readonly jobs: readonly string[];
  readonly count: number;
}

/**
 * Once per start, when the jobs are placed and before what is due is settled. A
 * crash before its commit finds the same difference again.
 */
export function settleZoneData(state: SchedulerState, work: Work): void {
  const release = state.parts.zoneRelease;
  if (release === undefined) return;
  const rules = parseZoneRules(work.store.fact(rulesFact));
  if (rules !== null && rules.release !== release) settleChange(state, work, rules, release);
  rememberZones(state, work);
}

/**
 * Writes down the rules of the zones in use, when that is not done yet. Those of jobs
 * that did not change are.
 */
export function rememberZones(
  state: SchedulerState,
  work: Work,
  changed: readonly JobRecord[] | null = null,
): void {
  const release = state.parts.zoneRelease;
  if (release === undefined) return;
  const inForce = (): JobRecord[] => state.jobs.all().map(({ record }) => record);
  const known = parseZoneRules(work.store.fact(rulesFact));
  if (coversZones(known, release, zonesOf(changed ?? inForce()), work.now)) return;
  const zones = zonesOf(inForce());
  work.store.setFact(rulesFact, JSON.stringify(takeZoneRules(release, zones, work.now)));
}

export function readZoneChange(store: Pick<StoreReader, 'fact'>): ZoneChange | null {
  const text = store.fact(changeFact);
  return text === null ? null : (JSON.parse(text) as ZoneChange);
}

function settleChange(state: SchedulerState, work: Work, rules: ZoneRules, release: string): void {
  const { log } = state.parts;
  const zones = new Set(changedZones(rules));
  const jobs: string[] = [];
  for (const entry of state.jobs.all()) {
    const zone = [...zonesOf([entry.record])].find((name) => zones.has(name));
    if (zone === undefined || entry.schedule === null) continue;
    const placed = keepSettled(state, work, entry, rules, release);
    const next = placed.next?.nominalTime ?? null;
    const before = placed.isFixed ? nextByRules(rules, zone, next) : next;
    if (next === null || before === null || before === next) continue;
    jobs.push(placed.record.name);
    if (jobs.length > jobsNamed) continue;
    const fields = { job: placed.record.name, zone, before: iso(before), after: iso(next) };
    log.warn(fields, 'the next run lies at another time by the new time-zone data');
  }
  const summary = { from: rules.release, to: release, zones: [...zones] };
  log.info({ ...summary, jobs: jobs.length }, 'the time-zone data of the runtime changed');
  if (zones.size === 0) return;
  const change: ZoneChange = {
    at: work.now,
    ...summary,
    jobs: jobs.slice(0, jobsNamed),
    count: jobs.length,
  };
  work.store.setFact(changeFact, JSON.stringify(change));
}

/** The entry with its watermark at the present instant of what it settled last. */
function keepSettled(
  state: SchedulerState,
  work: Work,
  entry: JobEntry,
  rules: ZoneRules,
  release: string,
): JobEntry {
  const { record, schedule, isFixed } = entry;
  if (schedule === null || !isFixed || !hasOutcome(work, record)) return entry;
  const moved = movedWatermark(rules, record.job.schedules, schedule, record.watermark);
  if (moved === null) return entry;
  recordRow(state, work, record, {
    first: moved,
    last: moved,
    count: 1,
    reason: 'zone_data',
    detail: `this local time was settled as ${iso(record.watermark)}, by the time-zone data ${rules.release}; by ${release} it is ${iso(moved)}`,
  });
  work.store.setWatermark(record.uid, moved, record.epoch);
  const advanced = state.jobs.advance(entry, moved, record.epoch, work.now);
  if (advanced.record.fault !== null) recordFault(state, work, advanced);
  else state.jobs.put(work, advanced);
  return advanced;
}

/** A watermark that only marks the time of an apply stands for no occurrence. */
function hasOutcome(work: Work, { uid, watermark }: JobRecord): boolean {
  const near = { jobUid: uid, since: watermark, until: watermark + 1, limit: 1 };
  return work.store.outcomes(near).length > 0;
}

function zonesOf(records: readonly JobRecord[]): Set<string> {
  const zones = new Set<string>();
  for (const { job } of records) {
    for (const { timezone } of job.schedules) zones.add(timezone);
  }
  return zones;
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
