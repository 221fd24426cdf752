// Looks for what is not as the revision in force says, and where that comes from.
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { formatLocal } from '../../core/schedule/local-time.ts';
import { driftOf, isDrift, isIgnored, splitIgnored } from '../../core/sync/drift.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { driftText } from '../views/drift.ts';

const classes = [
  'expected',
  'stale_override',
  'external',
  'environment',
  'source',
  'behaviour',
] as const;

export const driftCommand: CommandDefinition = {
  name: 'drift',
  summary: 'Look for what is not as the revision in force says',
  description:
    'Told by where it comes from: expected (a pause that holds), stale_override (a pause that was forgotten), external (the store was changed behind jm2, or no timer waits for a job), environment (programs, accounts, secrets, time-zone data), source (the file says something else: a pending change), behaviour (a job did not run as often as its schedule says, within a week). Ends with 2 when there is any but expected and source. What the manifest names under drift.ignore is listed as ignored and does not count, up to its day. Changes nothing; works without a daemon.',
  arguments: [],
  options: [
    {
      flags: '--ignore <path>',
      description: 'a class, a job, or JOB/CLASS; may be repeated',
      repeat: true,
      offers: classes,
    },
  ],
  examples: [
    { command: 'jm2 drift', meaning: 'is everything as it was applied?' },
    { command: 'jm2 drift --ignore dump-shop/behaviour', meaning: 'that one is known' },
    { command: 'jm2 drift --ignore environment --json', meaning: 'for monitoring elsewhere' },
  ],
  run: drift,
};

async function drift(context: Context, input: Input): Promise<Answer> {
  const ignored = input.texts('ignore');
  const places = await context.locations();
  const { value: listed, live } = await context.read((service) => service.list());
  const { gatherDrift } = await import('../../daemon/gather-drift.ts');
  const facts = await gatherDrift(places, {
    now: context.terminal.now,
    listed: live ? listed.jobs : null,
  });
  const all = driftOf(facts);
  const left = all.filter((item) => !isIgnored(item, ignored));
  // A day of the manifest's zone, whoever asks.
  const today = formatLocal(context.terminal.now, facts.timezone ?? 'UTC').slice(0, 10);
  const { open: items, ignored: known, over } = splitIgnored(left, facts.ignores ?? [], today);
  const drifts = items.filter(isDrift).length;
  const data = {
    revision: facts.recorded.revision,
    drift: drifts > 0,
    items,
    summary: Object.fromEntries(
      classes.map((kind) => [kind, items.filter((item) => item.class === kind).length]),
    ),
    ignored: all.length - items.length,
    ignoredItems: known,
    ignoresOver: over,
  };
  return {
    data,
    exitCode: drifts > 0 ? ExitCode.changes : ExitCode.ok,
    text: (terminal) => driftText(data, terminal),
  };
}
