// Shapes of what is wrong: diagnostics and the error of a failed call.
import Type from 'typebox';
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import type { ErrorBody } from '../../core/diagnostics/jm2-error.ts';
import { nullable, oneOf, same, shape, text, type Same, type Value } from './shape.ts';

const position = shape({
  line: Type.Integer({ minimum: 1 }),
  column: Type.Integer({ minimum: 1, description: 'In UTF-16 units, as editors count.' }),
});

const code = Type.String({ pattern: '^JM2-[A-Z][0-9]{3}$' });

export const diagnosticShape = shape(
  {
    code,
    severity: oneOf('error', 'warning', 'hint'),
    summary: text,
    detail: text,
    file: nullable(text),
    path: Type.String({ description: 'JSON pointer into the manifest.' }),
    range: nullable(shape({ start: position, end: position })),
    hint: nullable(text),
    label: nullable(text),
    fix: nullable(
      shape(
        { range: shape({ start: position, end: position }), text },
        'An edit that does what the hint says: what stands at `range` gives way to `text`.',
      ),
    ),
  },
  'A problem of a manifest, with its place and a way out.',
);
same<Same<Value<typeof diagnosticShape>, Diagnostic>>();

export const errorShape = shape(
  { code, summary: text, detail: text, hint: nullable(text) },
  'Why a call failed; `jm2 explain CODE` tells more.',
);
same<Same<Value<typeof errorShape>, ErrorBody>>();
