// Reduces what the validator reports to the faults a person should see: one per
// value that takes several forms, not one per form it failed to take.
import type { SchemaFault } from './generated/validate-manifest.js';

export type { SchemaFault } from './generated/validate-manifest.js';

function typesOf(faults: readonly SchemaFault[]): string[] {
  return faults.flatMap((fault) => fault.params['type'] ?? []).map(String);
}

/** The faults of the form that was meant, or one fault naming all forms. */
function meant(union: SchemaFault, within: readonly SchemaFault[]): readonly SchemaFault[] {
  const forms = new Map<string, SchemaFault[]>();
  for (const fault of within) {
    const form = fault.schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? '';
    const known = forms.get(form);
    if (known === undefined) forms.set(form, [fault]);
    else known.push(fault);
  }
  const ofType = [...forms.values()].filter(
    (faults) =>
      !faults.some(
        (fault) => fault.keyword === 'type' && fault.instancePath === union.instancePath,
      ),
  );
  const best = ofType.toSorted((a, b) => a.length - b.length)[0];
  if (best !== undefined) return best;
  const wrongType = within.filter((fault) => fault.instancePath === union.instancePath);
  return [{ ...union, keyword: 'type', params: { type: [...new Set(typesOf(wrongType))] } }];
}

/** At most one fault per place and keyword; bad names once; no summary faults. */
export function reduceFaults(faults: readonly SchemaFault[]): readonly SchemaFault[] {
  const kept: SchemaFault[] = [];
  for (const fault of faults) {
    if (fault.keyword === 'propertyNames') continue;
    if (fault.keyword !== 'anyOf') {
      kept.push(fault);
      continue;
    }
    // The faults of the forms directly precede the one of their union. Before them
    // may be those of the same union for another value, such as another variable.
    let first = kept.length;
    while (first > 0) {
      const before = kept[first - 1];
      if (before === undefined || !isWithin(before, fault)) break;
      first -= 1;
    }
    kept.push(...meant(fault, kept.splice(first)));
  }
  return withoutConsequences(kept);
}

function isWithin(fault: SchemaFault, union: SchemaFault): boolean {
  const { schemaPath, instancePath } = union;
  return (
    fault.schemaPath.startsWith(`${schemaPath}/`) &&
    (fault.instancePath === instancePath || fault.instancePath.startsWith(`${instancePath}/`))
  );
}

// A value of the wrong type breaks further rules; only the first says something.
function withoutConsequences(faults: readonly SchemaFault[]): readonly SchemaFault[] {
  const wrongType = new Set(
    faults.filter((fault) => fault.keyword === 'type').map((fault) => fault.instancePath),
  );
  return faults.filter((fault) => fault.keyword === 'type' || !wrongType.has(fault.instancePath));
}
