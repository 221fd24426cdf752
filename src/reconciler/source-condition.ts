// What is remembered about the source while it is not accepted: the transitions
// of the condition, and its form as a stored fact that outlives the daemon.
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import { diagnostic } from '../core/diagnostics/registry.ts';
import { hasEndMarker } from '../core/manifest/text/end-marker.ts';
import type { SourceCondition } from './reconciler.ts';
import type { SourceRead } from './read-source.ts';

/** Key of the fact that holds the condition; absent while the source is accepted. */
const conditionFact = 'source.condition';
/** As many as people read; the file itself tells the rest. */
const diagnosticsMax = 50;

type Refused = Exclude<SourceCondition, { kind: 'accepted' }>;

/** `since` stays while the kind of trouble stays, however often its content changes. */
export function refusedCondition(
  before: SourceCondition,
  now: number,
  trouble: { readonly kind: Refused['kind']; readonly diagnostics: readonly Diagnostic[] },
): Refused {
  const since = before.kind === trouble.kind ? before.since : now;
  return { ...trouble, diagnostics: trouble.diagnostics.slice(0, diagnosticsMax), since };
}

export function acceptedCondition(before: SourceCondition, now: number): SourceCondition {
  return before.kind === 'accepted' ? before : { kind: 'accepted', since: now };
}

/** A file that is gone or gives no bytes, as a diagnostic that says what still holds. */
export function absentDiagnostic(
  read: Exclude<SourceRead, { kind: 'read' }>,
  at: { readonly file: string; readonly revision: number },
): Diagnostic {
  const holds =
    at.revision === 0
      ? 'No revision was ever accepted, so no job is scheduled.'
      : `Revision ${at.revision} stays in force.`;
  return diagnostic(read.kind === 'missing' ? 'JM2-M001' : 'JM2-M002', {
    detail: `${read.detail}. ${holds}`,
    file: at.file,
    ...(read.kind === 'unreadable' && read.hint !== undefined ? { hint: read.hint } : {}),
  });
}

/** The manifest in force says where it ends, and this one does not: it was cut. */
export function isUnfinished(
  inForce: { readonly hasEnd: boolean } | null,
  bytes: Uint8Array,
): boolean {
  return inForce?.hasEnd === true && !hasEndMarker(Buffer.from(bytes).toString('utf8'));
}

export function unfinished(at: { readonly file: string; readonly revision: number }): Diagnostic {
  return diagnostic('JM2-M124', {
    detail: `The text of revision ${at.revision} ends with \`...\`, this one does not, so it is taken for cut short. Revision ${at.revision} stays in force.`,
    file: at.file,
  });
}

export function writeCondition(
  store: { setFact(key: string, value: string | null): void },
  condition: SourceCondition,
): void {
  store.setFact(conditionFact, condition.kind === 'accepted' ? null : JSON.stringify(condition));
}

/**
 * The condition an earlier or the running daemon left; null when the source
 * was accepted. Also for readers while no daemon runs.
 */
export function readCondition(store: { fact(key: string): string | null }): Refused | null {
  const text = store.fact(conditionFact);
  if (text === null) return null;
  try {
    const stored = JSON.parse(text) as Partial<Refused>;
    const { kind, since, diagnostics } = stored;
    if (typeof since !== 'number' || !Array.isArray(diagnostics)) return null;
    if (kind !== 'invalid' && kind !== 'missing' && kind !== 'unreadable') return null;
    // An older jm2 offered no edits.
    return {
      kind,
      since,
      diagnostics: diagnostics.map((one) => ({ ...one, fix: one.fix ?? null })),
    };
  } catch {
    // Written by another version: the next look at the file tells it anew.
    return null;
  }
}
