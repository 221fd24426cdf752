// What a job's schedule becomes when an option names another rule or zone for it:
// what else the schedule says (its zone, a spread of starts, a range) stays where
// it still has a meaning, since nobody asked to lose it.

type Kind = 'cron' | 'every' | 'at';

interface Rule {
  readonly kind: Kind;
  readonly text: string;
  /** Everything else of a schedule that is written as a map. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** What means the same beside another kind of rule. */
const shared: Readonly<Record<Kind, readonly string[]>> = {
  cron: ['timezone', 'jitter', 'from', 'until'],
  every: ['timezone', 'jitter', 'from', 'until'],
  at: ['timezone'],
};

/** `before` as written in the manifest, `after` as an option gives it. */
export function changedSchedule(before: unknown, after: unknown): unknown {
  const old = ruleOf(before);
  const next = ruleOf(after);
  // A name has a rule of its own, and of a list nobody knows which one is meant.
  if (old === null || next === null) return after;
  const kept = Object.entries(old.rest).filter(
    ([key]) => old.kind === next.kind || shared[next.kind].includes(key),
  );
  const rest = { ...Object.fromEntries(kept), ...next.rest };
  return Object.keys(rest).length === 0 ? after : { [next.kind]: next.text, ...rest };
}

/** The same schedule in another zone; null where one is no single rule. */
export function rezonedSchedule(before: unknown, timezone: string): unknown {
  const rule = ruleOf(before);
  return rule === null ? null : { [rule.kind]: rule.text, ...rule.rest, timezone };
}

/** The zone that a schedule names for itself; null for none. */
export function ownZoneOf(schedule: unknown): string | null {
  const zone = ruleOf(schedule)?.rest['timezone'];
  return typeof zone === 'string' ? zone : null;
}

function ruleOf(schedule: unknown): Rule | null {
  if (typeof schedule === 'string') {
    if (schedule.startsWith('@')) return null;
    const [, kind = 'cron', text = schedule] = /^(every|at) +(.*)$/.exec(schedule) ?? [];
    return { kind: kind as Kind, text, rest: {} };
  }
  if (typeof schedule !== 'object' || schedule === null || Array.isArray(schedule)) return null;
  for (const kind of ['cron', 'every', 'at'] as const) {
    const { [kind]: text, ...rest } = schedule as Record<string, unknown>;
    if (typeof text === 'string') return { kind, text, rest };
  }
  return null;
}
