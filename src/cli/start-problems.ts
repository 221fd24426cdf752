// What `validate --deep` adds: whether the jobs of a manifest could start on this
// host, each finding at the place in the manifest that asks for it.
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import { diagnostic } from '../core/diagnostics/registry.ts';
import type { Manifest } from '../core/manifest/job.ts';
import type { JudgedManifest } from './manifest-file.ts';

/** Changes nothing and runs nothing; reads what references name, as a run would. */
export async function startProblems(
  { file, manifest, placeOf }: JudgedManifest & { readonly manifest: Manifest },
  manifestDir: string,
): Promise<Diagnostic[]> {
  const [{ gatherStarts }, { systemClock }] = await Promise.all([
    import('../daemon/doctor/gather-jobs.ts'),
    import('../system/clock.ts'),
  ]);
  const { programs, users, problems, exposed } = await gatherStarts({
    jobs: manifest.jobs,
    manifestDir,
    daemonEnv: process.env,
    clock: systemClock,
  });
  const isOfDirectory = ({ problem }: { readonly problem: string }): boolean =>
    problem.startsWith('working directory');
  const told = (
    code: string,
    field: string,
    found: readonly { readonly job: string; readonly problem: string }[],
  ): Diagnostic[] =>
    found.map(({ job, problem }) => {
      const path = `/jobs/${job}`;
      return diagnostic(code, {
        detail: `${job}: ${problem}.`,
        severity: code === 'JM2-M404' ? 'warning' : 'error',
        file,
        path,
        // What comes from `defaults` has its place there, and is told at the job.
        range: placeOf(`${path}/${field}`) ?? placeOf(path),
      });
    });
  return [
    ...told('JM2-M401', 'cwd', programs.filter(isOfDirectory)),
    ...told(
      'JM2-M401',
      'command',
      programs.filter((one) => !isOfDirectory(one)),
    ),
    ...told('JM2-M402', 'user', users),
    ...told('JM2-M403', 'env', problems),
    ...told('JM2-M404', 'env_file', exposed),
  ];
}
