// Which imported jobs a manifest takes. One that it would refuse (a day that no year
// has, a zone that nobody knows) is told as not carried over, and keeps no other out.
import type { DigestFunction } from '../manifest/digest.ts';
import { loadManifest } from '../manifest/load-manifest.ts';
import type { Imported, ImportedJob, Remark } from './imported.ts';

/** A load tells a bounded number of problems; what it left untold is told by the next. */
const loadsMax = 50;

export function acceptableJobs(
  imported: Imported,
  { manifestZone, digest }: { readonly manifestZone: string; readonly digest: DigestFunction },
): Imported {
  let { jobs } = imported;
  const refused: Remark[] = [];
  for (let load = 0; load < loadsMax && jobs.length > 0; load += 1) {
    const reasons = refusals(jobs, manifestZone, digest);
    if (reasons.size === 0) break;
    for (const [index, text] of reasons) {
      const line = jobs[index]?.line ?? null;
      refused.push({ kind: 'dropped', line, text });
    }
    jobs = jobs.filter((_, index) => !reasons.has(index));
  }
  if (refused.length === 0) return imported;
  const remarks = [...imported.remarks, ...refused].toSorted(
    (a, b) => (a.line ?? Number.MAX_VALUE) - (b.line ?? Number.MAX_VALUE),
  );
  return { ...imported, jobs, remarks };
}

/** Of the jobs that are not taken, by their place, the first reason. */
function refusals(
  jobs: readonly ImportedJob[],
  timezone: string,
  digest: DigestFunction,
): ReadonlyMap<number, string> {
  // Names of their own: two may have the same, which is for the merge to settle.
  const named = Object.fromEntries(jobs.map(({ fields }, index) => [`job-${index}`, fields]));
  const text = JSON.stringify({ version: 1, timezone, jobs: named });
  const { diagnostics } = loadManifest(text, { file: 'import', digest });
  const reasons = new Map<number, string>();
  for (const { severity, path, summary, label } of diagnostics) {
    const [, index, below = ''] = /^\/jobs\/job-(\d+)(?:\/(.*))?$/.exec(path) ?? [];
    if (severity !== 'error' || index === undefined || reasons.has(Number(index))) continue;
    const field = below === '' ? '' : `${below.replaceAll('/', '.')}: `;
    reasons.set(Number(index), `${field}${summary}${label === null ? '' : `: ${label}`}`);
  }
  return reasons;
}
