// Who changed what: the list, the whole of it as lines, and the proof that nothing
// was altered, removed or moved.
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { didYouMean, nearest, wrongArguments } from '../usage-errors.ts';
import { auditText } from '../views/audit.ts';

const actions = ['list', 'verify'];

export const auditCommand: CommandDefinition = {
  name: 'audit',
  summary: 'Tell who changed what, and prove that the record is whole',
  description:
    'Every change (apply, confirm, rollback, pause, resume, run, cancel, hold, tag, flush, restore) is an entry, written together with what it tells, or before it, and sealed with a hash over itself and the entry before. verify finds entries that were altered, removed, moved or cut off the end, and prints the hash of the newest: kept elsewhere and given to --expect, it also shows that someone rewrote the end or all of it. Needs no daemon.',
  arguments: [{ name: '[action]', description: 'list (default) or verify', offers: actions }],
  options: [
    { flags: '--since <time>', description: 'list: only newer entries' },
    { flags: '--actor <name>', description: 'list: by whom, or a part of it' },
    {
      flags: '--action <name>',
      description: 'list: what, such as manifest.applied, or its beginning: manifest',
    },
    { flags: '--job <job>', description: 'list: about this job and its runs' },
    { flags: '-l, --limit <number>', description: 'list: how many, newest first (default: 50)' },
    { flags: '--export <form>', description: 'everything, oldest first', choices: ['jsonl'] },
    { flags: '--expect <text>', description: 'verify: a hash that has to be in it' },
  ],
  examples: [
    { command: 'jm2 audit --since "3d ago" --action manifest', meaning: 'who applied what' },
    { command: 'jm2 audit --job dump-shop', meaning: 'what was done about one job' },
    { command: 'jm2 audit --export jsonl > audit.jsonl', meaning: 'for an archive' },
    { command: 'jm2 audit verify', meaning: 'is it whole? prints the head' },
  ],
  run: audit,
};

async function audit(context: Context, input: Input): Promise<Answer | number> {
  const action = input.argument(0) ?? 'list';
  if (!actions.includes(action)) {
    const near = didYouMean(nearest(action, actions));
    throw wrongArguments(`audit cannot "${action}".`, near ?? 'jm2 audit verify');
  }
  const expected = input.text('expect');
  if (action === 'verify') return verify(context, input, expected);
  if (expected !== null) {
    throw wrongArguments('--expect belongs to audit verify.', 'jm2 audit verify --expect HASH');
  }
  const places = await context.locations();
  const reading = await import('../../daemon/read-audit.ts');
  if (input.text('export') !== null) {
    if (isNarrowed(input)) {
      throw wrongArguments(
        '--export gives all of it, so that it can be verified elsewhere.',
        'Leave the other options out.',
      );
    }
    reading.eachAudit(places, (entry) => context.output.text(JSON.stringify(entry)));
    return 0;
  }
  const { now, zone } = context.terminal;
  const since = input.instant('since', { now, zone });
  const [actor, what] = [input.text('actor'), input.text('action')];
  const entries = reading.readAudit(places, {
    ...(since === null ? {} : { since }),
    ...(actor === null ? {} : { actor }),
    ...(what === null ? {} : { action: what }),
    job: input.text('job'),
    limit: input.count('limit', { min: 1, max: 10_000 }) ?? 50,
  });
  return {
    data: { entries },
    text: (terminal) =>
      entries.length === 0 ? 'Nothing is recorded.' : auditText(entries, terminal),
  };
}

function isNarrowed(input: Input): boolean {
  return ['since', 'actor', 'action', 'job', 'limit'].some((name) => input.text(name) !== null);
}

async function verify(context: Context, input: Input, expected: string | null): Promise<Answer> {
  if (isNarrowed(input) || input.text('export') !== null) {
    throw wrongArguments('verify looks at all of it.', 'jm2 audit verify');
  }
  const { verifyAudit } = await import('../../daemon/read-audit.ts');
  const verdict = verifyAudit(await context.locations(), expected);
  const answer: Answer = {
    data: verdict,
    text: (terminal) =>
      verdict.intact
        ? `${terminal.style('green', 'whole')}: ${verdict.entries} entries\nhead  ${verdict.head}`
        : [
            terminal.style('red', 'not whole'),
            ...verdict.problems.map((problem) => `  ${problem}`),
          ].join('\n'),
  };
  if (verdict.intact) return answer;
  const detail = `${verdict.problems.join('; ')}.`;
  return { ...answer, error: operationalError('JM2-P233', { detail }).toBody(), problem: true };
}
