// A plan as a comment on a change, and as the summary of a pipeline: verdict,
// figures, hazards, removals, next runs that move, then everything, folded.
import { shellWord } from '../../core/exchange/shell-words.ts';
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { ChangeView, PlanView } from '../../api/plan-views.ts';
import { outdatedWords } from '../base-commit.ts';
import { humanDuration } from '../views/durations.ts';
import { marks, shownField, changeTitle } from '../views/plan-change.ts';
import { localTime } from '../views/times.ts';
import { code, fenced, prose, row } from './markdown-text.ts';
import type { Section } from './markdown-sections.ts';
import { fitted } from './markdown-sections.ts';
import { approvalReasons, isPosted } from './report.ts';
import type { Report } from './report.ts';
import { diagnosticSection } from './validate-markdown.ts';

const fieldsShown = 12;
/** Of a value before or after: both fit into a line of the fence. */
const valueMax = 220;
const icons = { high: '🔴', medium: '🟠', low: '🟡' } as const;
const severities = { high: 0, medium: 1, low: 2 } as const;

export function planMarkdown(report: Report, plan: PlanView, maxLength: number): string {
  const name = report.name ?? 'default';
  const titled = report.name === null ? '' : ` · ${prose(report.name)}`;
  const head = [
    // A later run finds its own comment by this line and edits it in place.
    `<!-- jm2-plan:${name} -->`,
    `### jm2 plan${titled} · ${verdict(plan)}`,
    '',
    ...standing(report, plan),
    ...figures(plan),
  ].join('\n');
  const sections = [
    hazards(plan),
    guard(plan),
    removals(plan),
    retained(plan),
    moves(plan),
    diagnosticSection(report),
    load(plan),
    pauses(plan),
    everything(plan),
  ];
  return fitted(head, sections, foot(report, plan), maxLength);
}

/** What a reader has to know before believing the rest. */
function standing({ against, kept }: Report, plan: PlanView): string[] {
  const { baseCommit, commits } = plan;
  const outdated =
    baseCommit === undefined || isEmptyPlanView(plan)
      ? null
      : outdatedWords(baseCommit, against ?? 'the base');
  const lines = [
    ...(outdated === null ? [] : [`> ⏳ **Outdated**: ${prose(outdated, 500)}`]),
    ...(kept === null
      ? []
      : [
          `> Kept as ${code(kept.file)}, expires ${told(kept.expiresAt, 'UTC')}. To apply exactly this: ${code(`jm2 apply ${shellWord(kept.file)}`)}`,
        ]),
    ...(commits?.isCut === true
      ? [
          '> Only the newest commits were looked at; what older ones changed is told without its commit.',
        ]
      : []),
  ];
  // One quote each, so that neither runs into the other.
  return lines.flatMap((line) => [line, '']);
}

function verdict(plan: PlanView): string {
  if (isEmptyPlanView(plan)) return '✅ no changes';
  const reasons = approvalReasons(plan);
  const count = plan.changes.length + (plan.manifestFields ?? []).length;
  const changes = `${count} ${count === 1 ? 'change' : 'changes'}`;
  return reasons.length === 0
    ? `✅ ${changes}`
    : `⚠ approval needed · ${changes} (${reasons.join(', ')})`;
}

function figures(plan: PlanView): string[] {
  if (isEmptyPlanView(plan)) return ['What is in force equals the manifest.'];
  const { create, update, rename, delete: removed, retain = 0 } = plan.summary;
  const { impact } = plan;
  const peak = impact?.peakStartsPerMinute;
  const cells: [string, string | number][] = [
    ['add', create],
    ['change', update],
    ['rename', rename],
    ['remove', removed],
    ...(retain === 0 ? [] : [['run on', retain] satisfies [string, number]]),
    [
      `runs/${humanDuration(plan.horizonMs)} of all jobs`,
      impact === null ? '?' : `${impact.runs.before} → ${impact.runs.after}`,
    ],
    ['next runs that move', impact?.nextRunsMoved ?? '?'],
    [
      'peak starts/min',
      peak === undefined ? '?' : `${peak.before?.count ?? 0} → ${peak.after?.count ?? 0}`,
    ],
    ['started by apply', impact?.startedByApply ?? '?'],
    ['hazards', plan.changes.reduce((sum, change) => sum + change.hazards.length, 0)],
  ];
  return [
    row(cells.map(([title]) => title)),
    row(cells.map(() => '---:')),
    row(cells.map(([, value]) => String(value))),
  ];
}

function hazards({ changes }: PlanView): Section {
  const all = changes
    .flatMap((change) => change.hazards.map((hazard) => ({ change, hazard })))
    .toSorted((a, b) => severities[a.hazard.severity] - severities[b.hazard.severity]);
  return {
    open: ['**Hazards**', ''],
    rows: all.map(({ change, hazard }) => {
      const ways = hazard.remedies.map((remedy) => ` ${prose(remedy)}`).join(' **Or:**');
      return `- ${icons[hazard.severity]} ${code(hazard.code)} (${hazard.severity}) · ${code(change.job)}: ${prose(hazard.detail, 500)}${ways === '' ? '' : ` **Way out:**${ways}`}`;
    }),
    close: [],
    noun: 'hazards',
  };
}

function guard({ guard: stopped, blockedNames = [] }: PlanView): Section {
  const blocked = blockedNames.map(
    (name) => `> ⛔ the manifest gives the name ${code(name)} of a retained job to another one`,
  );
  return {
    open: [],
    rows: [
      ...(stopped === null
        ? []
        : [`> ⛔ guard ${code(stopped.code)}: ${prose(stopped.detail, 500)}`]),
      ...blocked,
    ],
    close: [],
    noun: 'guards',
  };
}

/** Left the manifest, and go on: protected, or too many at once. */
function retained({ changes }: PlanView): Section {
  const kept = changes.filter(({ action }) => action === 'retain');
  return {
    open: ['**Not in the manifest, and running on**', ''],
    rows: kept.map(
      ({ job, reason }) =>
        `- ${code(job)}: ${reason === 'protected' ? 'protected' : 'waits for <code>jm2 apply</code>'}`,
    ),
    close: [],
    noun: 'jobs that run on',
  };
}

function removals(plan: PlanView): Section {
  const removed = plan.changes.filter(({ action }) => action === 'delete');
  return {
    open: [
      '**Removals**',
      '',
      row([
        'job',
        'schedule',
        `runs/${humanDuration(plan.horizonMs)} lost`,
        'next run lost',
        'running',
      ]),
      row(['---', '---', '---:', '---', '---:']),
    ],
    rows: removed.map(({ job, scheduleInWords, impact, timezone }) =>
      row([
        code(job),
        prose(scheduleInWords?.before ?? 'only by hand'),
        String(impact.runs.before),
        told(impact.nextRun.before, timezone),
        String(impact.running.length),
      ]),
    ),
    close: [],
    noun: 'removals',
  };
}

function moves(plan: PlanView): Section {
  const moved = plan.changes.filter(
    ({ action, impact }) => action !== 'delete' && impact.nextRun.before !== impact.nextRun.after,
  );
  return folded(
    `Next runs that move, begin or end (${moved.length})`,
    [row(['job', 'before', 'after', 'by']), row(['---', '---', '---', '---:'])],
    moved.map(({ job, impact: { nextRun }, timezone }) =>
      row([
        code(job),
        told(nextRun.before, timezone),
        told(nextRun.after, timezone),
        nextRun.deltaMs === null
          ? ''
          : `${nextRun.deltaMs < 0 ? '−' : '+'}${humanDuration(Math.abs(nextRun.deltaMs))}`,
      ]),
    ),
    [],
    'next runs',
  );
}

function load({ impact, changes }: PlanView): Section {
  const zones = new Map(changes.map(({ job, timezone }) => [job, timezone]));
  const overlaps = (impact?.newOverlaps ?? []).map(
    ({ jobs: [a, b], group, at, count }) =>
      `- ${code(a)} and ${code(b)} of group ${code(group)} meet ${count} times, first ${told(at, zones.get(a) ?? zones.get(b) ?? 'UTC')}`,
  );
  const waits = (impact?.queueWaits ?? []).map(
    ({ job, longestMs }) =>
      `- ${code(job)} waits up to ${humanDuration(longestMs.after)} for a slot (was ${longestMs.before === 0 ? 'none' : humanDuration(longestMs.before)})`,
  );
  const clocks = (impact?.clockChanges ?? []).map(
    ({ zone, at, kind, lengthMs, jobs }) =>
      `- the clocks of ${code(zone)} go ${kind === 'gap' ? 'forward' : 'back'} by ${humanDuration(lengthMs)} at ${told(at, zone)}; due in that time: ${
        jobs.length === 0
          ? 'none'
          : jobs
              .slice(0, 10)
              .map((job) => code(job))
              .join(', ')
      }`,
  );
  const rows = [...overlaps, ...waits, ...clocks];
  return folded(`Load and clocks (${rows.length})`, [], rows, [], 'notes on load and clocks');
}

function pauses({ overrides = [], changes }: PlanView): Section {
  const zones = new Map(changes.map(({ job, timezone }) => [job, timezone]));
  const words = {
    kept: 'stays',
    moved: 'moves',
    archived: 'goes with it',
    restored: 'holds again',
  };
  return folded(
    `Paused by people (${overrides.length})`,
    [],
    overrides.map(
      ({ job, by, reason, until, disposition }) =>
        `- ${code(job)} by ${code(by)}${until === null ? '' : `, until ${told(until, zones.get(job) ?? 'UTC')}`}${reason === null ? '' : `: ${prose(reason)}`}; the pause ${words[disposition]}`,
    ),
    [],
    'pauses',
  );
}

function everything(plan: PlanView): Section {
  const top = (plan.manifestFields ?? []).map((field) => {
    return fenced('! ', `${fieldText(field, plan.publicEnv)} (for all jobs)`);
  });
  const rows = [...top, ...plan.changes.map((change) => changeBlock(change, plan.publicEnv))];
  return folded(`All changes (${rows.length})`, ['```diff'], rows, ['```'], 'changes');
}

const signs = {
  create: '+ ',
  update: '! ',
  rename: '! ',
  delete: '- ',
  retain: '  ',
  'no-op': '  ',
} as const;

function changeBlock(change: ChangeView, publicEnv: PlanView['publicEnv']): string {
  const { action, scheduleInWords: words, fields, impact } = change;
  const when =
    action === 'create'
      ? `: ${words?.after ?? 'only by hand'}`
      : action === 'delete' || action === 'retain'
        ? `: ${words?.before ?? 'only by hand'}`
        : words === null || words.before === words.after
          ? ''
          : `: ${words.before ?? 'never'} → ${words.after ?? 'never'}`;
  const lines = [fenced(signs[action], `${marks[action].word} ${changeTitle(change)}${when}`)];
  if (action === 'update' || action === 'rename') {
    for (const field of fields.slice(0, fieldsShown)) {
      lines.push(fenced('      ', fieldText(field, publicEnv)));
    }
    if (fields.length > fieldsShown) {
      lines.push(fenced('      ', `and ${fields.length - fieldsShown} more fields`));
    }
  }
  for (const { commit, author, subject } of change.commits ?? []) {
    lines.push(fenced('      ', `commit ${commit.slice(0, 10)} ${author}: ${subject}`));
  }
  if (impact.runs.before !== impact.runs.after) {
    lines.push(fenced('      ', `runs: ${impact.runs.before} → ${impact.runs.after}`));
  }
  return lines.join('\n');
}

function fieldText(
  field: ChangeView['fields'][number],
  publicEnv: PlanView['publicEnv'] = [],
): string {
  const { name, value } = shownField(field, valueMax);
  if (isPosted(field, publicEnv)) return `${name}: ${value}`;
  const what = field.before === null ? 'set' : field.after === null ? 'no longer set' : 'changed';
  return `${name}: ${what} (values are not shown here)`;
}

function folded(
  title: string,
  open: readonly string[],
  rows: readonly string[],
  close: readonly string[],
  noun: string,
): Section {
  return {
    open: [`<details><summary>${title}</summary>`, '', ...open],
    rows,
    close: [...close, '', '</details>'],
    noun,
  };
}

function foot(report: Report, plan: PlanView): string {
  const base =
    report.against ??
    (plan.basis.revision === 0 ? 'nothing in force' : `revision ${plan.basis.revision}`);
  const commit =
    plan.baseCommit === undefined ? '' : ` ${code(plan.baseCommit.commit.slice(0, 10))}`;
  const zones =
    plan.timezoneData === null ? '' : ` · time-zone data ${prose(plan.timezoneData, 40)}`;
  return (
    [
      `<sub>${code(report.source)} against ${code(base)}${commit} · as of ${told(plan.at, 'UTC')}, ${humanDuration(plan.horizonMs)} ahead${zones} · jm2 ${report.version}</sub>`,
      `<sub>plan ${code(planId(plan))} · impact ${code(plan.impactDigest)}</sub>`,
    ].join('<br>\n') + baseMark(plan)
  );
}

/** Short, to be spoken of; the digest is what an approval is about. */
function planId({ impactDigest }: PlanView): string {
  return impactDigest.replace(/^i\d+:/, '').slice(0, 8);
}

/** By which a later run finds comments whose base has gone on. */
function baseMark({ baseCommit }: PlanView): string {
  return baseCommit === undefined ? '' : `\n<!-- jm2-base:${baseCommit.commit} -->`;
}

function told(instant: string | null, zone: string): string {
  return instant === null ? 'never' : localTime(Date.parse(instant), zone);
}
