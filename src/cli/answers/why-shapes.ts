// Shape of an explanation: what `jm2 why` answers.
import Type from 'typebox';
import type { WhyView } from '../../api/service.ts';
import { namesakeShape, noteShape, outcomeReason } from './run-shapes.ts';
import {
  count,
  instant,
  nullable,
  oneOf,
  same,
  shape,
  text,
  type Same,
  type Value,
} from './shape.ts';

const verdict = oneOf(
  'queued',
  'running',
  'succeeded',
  'failed',
  'timed_out',
  'canceled',
  'lost',
  'skipped',
  'missed',
  'due',
  'will_run',
  'will_be_skipped',
  'will_not_run',
  'nothing_to_come',
  'never_due',
  'before_the_job',
  'after_the_job',
  'pruned',
  'no_record',
);

const evidenceShape = shape({
  time: nullable(instant),
  source: oneOf(
    'ledger',
    'run',
    'attempt',
    'revision',
    'schedule',
    'daemon',
    'interruption',
    'audit',
    'override',
    'note',
    'store',
  ),
  text,
});

const explanationShape = shape({
  subject: oneOf('occurrence', 'run', 'time', 'next'),
  verdict,
  nominalTime: nullable(instant),
  local: nullable(text),
  run: nullable(text),
  disposition: nullable(oneOf('admitted', 'skipped', 'missed')),
  reason: nullable(outcomeReason),
  count: Type.Integer({ minimum: 1, description: 'Occurrences that share this outcome.' }),
  answer: text,
  evidence: Type.Array(evidenceShape),
  hint: nullable(text),
  namesake: nullable(namesakeShape),
});

export const whyShape = shape({
  job: text,
  timezone: text,
  asked: nullable(text),
  remark: nullable(text),
  explanations: Type.Array(explanationShape),
  more: count,
  toCome: count,
  personNotes: Type.Optional(Type.Array(noteShape)),
});
same<Same<Value<typeof whyShape>, WhyView>>();
