import { describe, expect, it } from 'vitest';
import { judgeHere } from '../../src/reconciler/judge-here.ts';
import type { JudgedManifest } from '../../src/reconciler/judged-manifest.ts';
import { inParts, JudgedAssembly, type JobsInForce } from '../../src/reconciler/judged-parts.ts';

const judge = (text: string): JudgedManifest =>
  judgeHere(new TextEncoder().encode(text), 'jobs.yaml', new Map());

const manifest = (count: number, changed = -1, more = ''): string =>
  [
    'version: 1',
    'jobs:',
    ...Array.from({ length: count }, (_, i) => {
      const command = i === changed ? 'echo changed' : `echo ${i}`;
      return `  job-${i}: {schedule: "0 3 * * *", command: ${command}${i === 0 ? more : ''}}`;
    }),
    '',
  ].join('\n');

function inForceOf({ manifest: judged, jobDigests }: JudgedManifest): JobsInForce {
  const jobs = judged?.jobs ?? [];
  return new Map(
    jobs.map((job) => [job.name, { job, digest: jobDigests.get(job.name) ?? '' }] as const),
  );
}

function across(result: JudgedManifest, known: JobsInForce = new Map()) {
  const digests = new Map([...known].map(([name, { digest }]) => [name, digest]));
  const { head, parts } = inParts(result, digests);
  const assembly = new JudgedAssembly(structuredClone(head), known);
  for (const part of parts) assembly.add(structuredClone(part));
  return { parts, assembly, whole: assembly.whole() };
}

const sent = ({ parts }: ReturnType<typeof across>): string[] =>
  parts.flat().flatMap(({ name, job }) => (job === null ? [] : [name]));

describe('a judged manifest that comes from another thread', () => {
  it('is the same, however many parts it took', () => {
    const result = judge(manifest(1000));
    const crossed = across(result);
    expect(crossed.parts.map((part) => part.length)).toEqual([400, 400, 200]);
    expect(crossed.assembly.isWhole).toBe(true);
    expect(crossed.whole).toEqual(result);
  });

  it('brings only what is not in force, and the rest as it is in force', () => {
    const known = inForceOf(judge(manifest(100)));
    const result = judge(manifest(100, 42));
    const crossed = across(result, known);
    expect(sent(crossed)).toEqual(['job-42']);
    expect(crossed.whole).toEqual(result);
    expect(crossed.whole.manifest?.jobs[7]).toBe(known.get('job-7')?.job);
  });

  it('brings a job whose former names are told, since its digest knows nothing of them', () => {
    const known = inForceOf(judge(manifest(3)));
    const result = judge(manifest(3, -1, ', renamed_from: old'));
    const crossed = across(result, known);
    expect(sent(crossed)).toEqual(['job-0']);
    expect(crossed.whole).toEqual(result);
  });

  it('forgets former names that the manifest tells no more', () => {
    const known = inForceOf(judge(manifest(3, -1, ', renamed_from: old')));
    const result = judge(manifest(3));
    const crossed = across(result, known);
    expect(sent(crossed)).toEqual([]);
    expect(crossed.whole).toEqual(result);
  });

  it('has no parts when it was refused', () => {
    const result = judge('version: 1\njobs: {a: 5}\n');
    const crossed = across(result);
    expect(crossed.assembly.isWhole).toBe(true);
    expect(crossed.whole.manifest).toBeNull();
    expect(crossed.whole).toEqual(result);
  });

  it('is no verdict where a job was named that nobody has', () => {
    const { parts, head } = inParts(judge(manifest(1)), new Map(judge(manifest(1)).jobDigests));
    const assembly = new JudgedAssembly(head, new Map());
    expect(() => assembly.add(parts[0]!)).toThrow('job-0');
  });
});
