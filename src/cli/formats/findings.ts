// Diagnostics and hazards as one list, for formats that know only findings with
// a rule, a level and a place. Stays out of how a format writes them.
import type { Diagnostic, Fix, Range } from '../../core/diagnostics/diagnostic.ts';
import { sha256 } from '../../system/digest.ts';
import { oneLine } from '../views/foreign.ts';
import { shortened } from './markdown-text.ts';
import { posted } from './report.ts';
import type { Report } from './report.ts';

export type Level = 'error' | 'warning' | 'note';

export interface Finding {
  /** `JM2-M201`, or `hazard/period_lost`. */
  readonly rule: string;
  readonly level: Level;
  /** For the order among findings of a level: 0 is worst. */
  readonly rank: number;
  /** One line. */
  readonly title: string;
  readonly message: string;
  readonly file: string | null;
  readonly range: Range | null;
  /** The lines that are being reviewed hold it. */
  readonly isOfChange: boolean;
  readonly fix: { readonly description: string; readonly edit: Fix } | null;
  /** The same for the same finding after lines have moved; unique within the list. */
  readonly fingerprint: string;
}

const levels: Readonly<Record<Diagnostic['severity'], Level>> = {
  error: 'error',
  warning: 'warning',
  hint: 'note',
};
const hazardRanks = { high: 0, medium: 1, low: 2 } as const;
const levelRanks: Readonly<Record<Level, number>> = { error: 0, warning: 1, note: 2 };

/** Readers show the beginning of a message; the rest would only fill the report. */
const messageMax = 4_000;

/** Worst first, of these what the change holds; `pathOf` names files as their reader knows them. */
export function findingsOf(
  report: Report,
  pathOf: (file: string | null) => string | null,
): Finding[] {
  const seen = new Map<string, number>();
  const fingerprint = (key: readonly string[]): string => {
    const digest = sha256(JSON.stringify(key));
    const before = seen.get(digest) ?? 0;
    seen.set(digest, before + 1);
    return before === 0 ? digest : sha256(`${digest} ${before}`);
  };
  const found: Finding[] = report.diagnostics.map((known) => {
    const one = posted(known, report.publicEnv);
    const file = pathOf(one.file);
    // Where there is no pointer the words tell it from others, without their line numbers.
    const what = one.path === '' ? one.detail.replace(/\d+/g, '') : one.path;
    return {
      rule: one.code,
      level: levels[one.severity],
      rank: 0,
      title: one.summary,
      message: told(one.hint === null ? one.detail : `${one.detail} ${one.hint}`),
      file,
      range: one.range,
      isOfChange: report.isChanged(one.file, one.range),
      fix: one.fix === null ? null : { description: told(one.hint ?? one.summary), edit: one.fix },
      fingerprint: fingerprint([one.code, file ?? '', what]),
    };
  });
  const file = pathOf(report.source);
  for (const { job, hazards } of report.plan?.changes ?? []) {
    for (const { code, severity, detail, remedies } of hazards) {
      found.push({
        rule: `hazard/${code}`,
        level: severity === 'low' ? 'note' : 'warning',
        rank: hazardRanks[severity],
        title: `${code} (${severity}): ${oneLine(job)}`,
        message: told([`${job}: ${detail}`, ...remedies].join(' ')),
        file,
        range: report.placeOf(job),
        // It is what the change does, whichever line of the job does it.
        isOfChange: true,
        fix: null,
        fingerprint: fingerprint([`hazard/${code}`, file ?? '', job]),
      });
    }
  }
  return found.toSorted(
    (a, b) =>
      levelRanks[a.level] - levelRanks[b.level] ||
      Number(b.isOfChange) - Number(a.isOfChange) ||
      a.rank - b.rank,
  );
}

function told(text: string): string {
  return shortened(oneLine(text), messageMax);
}
