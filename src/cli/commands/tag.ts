// Gives a revision a name by which it can be gone back to, and by which it is kept.
import { tagPattern } from '../../core/sync/rollback-target.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { allRevisions } from '../earlier-manifest.ts';
import { wrongArguments } from '../usage-errors.ts';

export const tagCommand: CommandDefinition = {
  name: 'tag',
  summary: 'Give a revision a name, to go back to it by',
  description:
    'A revision with a name is kept however old it is, and rollback, diff and plan --against take the name for its number. A name stands for one revision; --move lets it go to another.',
  arguments: [
    { name: '<revision>', description: 'its number' },
    { name: '[name]', description: 'letters, digits, dot, dash and underscore, a letter first' },
  ],
  options: [
    { flags: '--move', description: 'take the name from the revision that has it' },
    { flags: '-d, --delete', description: 'take the name away; the argument is the name' },
  ],
  examples: [
    { command: 'jm2 tag 38 golden', meaning: 'revision 38 is the good one' },
    { command: 'jm2 tag 43 golden --move', meaning: 'and now it is 43' },
    { command: 'jm2 tag golden --delete', meaning: 'no revision has the name any more' },
  ],
  run: tag,
};

async function tag(context: Context, input: Input): Promise<Answer> {
  const isDeleted = input.flag('delete');
  const name = isDeleted ? input.needed(0) : input.argument(1);
  if (name === null) {
    throw wrongArguments('There is no name for it.', 'For example: jm2 tag 38 golden');
  }
  if (isDeleted && (input.argument(1) !== null || input.flag('move'))) {
    throw wrongArguments('--delete takes a name alone.', 'For example: jm2 tag golden --delete');
  }
  if (!new RegExp(tagPattern).test(name)) {
    const first = input.needed(0);
    throw wrongArguments(
      `"${name}" is no name for a revision.`,
      // The other way round.
      /^\d+$/.test(name) && !isDeleted
        ? `jm2 tag ${name} ${first}`
        : 'Begin with a letter; letters, digits, dot, dash and underscore, at most 63.',
    );
  }
  const revision = isDeleted ? null : await revisionNamed(context, input.needed(0));
  const daemon = await context.daemon();
  const { before } = await daemon.tag({
    name,
    revision,
    by: context.actor,
    move: input.flag('move'),
  });
  return {
    data: { name, revision, before },
    confirmation: true,
    text: () =>
      revision === null
        ? `"${name}" was the name of revision ${before ?? 0} and is free again`
        : `revision ${revision} is "${name}"${before === null || before === revision ? '' : `, which revision ${before} was`}`,
  };
}

async function revisionNamed(context: Context, word: string): Promise<number> {
  const { findTarget } = await import('../../core/sync/rollback-target.ts');
  const target = findTarget(word, await allRevisions(context));
  if (target.kind === 'revision') return target.number;
  throw operationalError('JM2-P230', {
    detail: `The store has no revision "${word}". Nothing was changed.`,
  });
}
