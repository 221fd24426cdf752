// Shape of what the doctor found.
import Type from 'typebox';
import type { Diagnosis } from '../../core/doctor/diagnose.ts';
import type { Finding } from '../../core/doctor/finding.ts';
import type { Repair } from '../../daemon/doctor/repair.ts';
import { count, nullable, oneOf, same, shape, text, type Same, type Value } from './shape.ts';

/** How the doctor's answer is printed: a fix is a fact of the finding, not a value. */
export interface DoctorView {
  readonly healthy: boolean;
  readonly findings: readonly (Omit<Finding, 'fix'> & { readonly fixable: boolean })[];
  readonly skipped: Diagnosis['skipped'];
  readonly summary: Diagnosis['summary'];
  readonly repairs: readonly Repair[];
  /** With `--dry-run`: what `--fix` would do. */
  readonly wouldFix?: readonly { readonly code: string; readonly detail: string }[];
}

export const doctorShape = shape({
  healthy: Type.Boolean({ description: 'Nothing critical and nothing major was found.' }),
  findings: Type.Array(
    shape({
      code: text,
      area: oneOf('host', 'place', 'daemon', 'store', 'jobs', 'schedules', 'past'),
      severity: oneOf('critical', 'major', 'minor', 'ok'),
      summary: text,
      detail: text,
      remedy: nullable(text),
      jobs: Type.Array(text),
      fixable: Type.Boolean({ description: '`jm2 doctor --fix` puts it right.' }),
    }),
  ),
  skipped: Type.Array(text, { description: 'Checks that had nothing to look at.' }),
  summary: shape({ critical: count, major: count, minor: count, ok: count }),
  repairs: Type.Array(shape({ code: text, done: Type.Boolean(), detail: text })),
  wouldFix: Type.Optional(
    Type.Array(shape({ code: text, detail: text }), {
      description: 'With `--dry-run`: what `--fix` would do.',
    }),
  ),
});
same<Same<Value<typeof doctorShape>, DoctorView>>();
