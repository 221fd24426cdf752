// What people have to say about a job or a run: written down, listed, taken away.
import type { NoteView } from '../../api/service.ts';
import { noteMaxLength, notePageMax } from '../../api/wire.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { didYouMean, nearest, wrongArguments, wrongValue } from '../usage-errors.ts';
import { isCode } from '../named-runs.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { noteLines, noteWords } from '../views/notes.ts';

const listedDefault = 50;

export const noteCommand: CommandDefinition = {
  name: 'note',
  summary: 'Write a note about a job or a run, or read them',
  description:
    'A note is for people: it stands in show, history and why with who wrote it and when, and changes nothing else. It stays with a job through renames and applies, and goes with its run. Without a text the notes are listed, of a job with those about its runs. The audit tells who added and removed notes, not what they said.',
  arguments: [
    { name: '[run-or-job]', description: 'a job, or the id of a run or its beginning' },
    { name: '[text...]', description: 'what there is to say', offers: 'nothing' },
  ],
  options: [
    { flags: '--remove <number>', description: 'take a note away; may be repeated', repeat: true },
    {
      flags: '-l, --limit <number>',
      description: `list: the newest so many (default: ${listedDefault})`,
    },
  ],
  examples: [
    {
      command: 'jm2 note dump-shop "slow since the new disk; Alice looks"',
      meaning: 'about a job',
    },
    { command: 'jm2 note 01jq8v3k "my mistake, was run twice"', meaning: 'about one run' },
    { command: 'jm2 note dump-shop', meaning: 'what has been said about it and its runs' },
    { command: 'jm2 note --remove 3', meaning: 'take the third one away' },
  ],
  run: note,
};

async function note(context: Context, input: Input): Promise<Answer> {
  const about = input.argument(0);
  const text = input.list(1).join(' ').trim();
  const removed = input.texts('remove');
  const limit = input.count('limit', { min: 1, max: notePageMax });
  if (removed.length > 0) {
    if (about !== null || limit !== null) {
      throw wrongArguments('--remove takes numbers alone.', 'For example: jm2 note --remove 3');
    }
    return remove(context, removed.map(numberOf));
  }
  if (input.list(1).length === 0) return listed(context, about, limit ?? listedDefault);
  if (limit !== null) throw wrongArguments('--limit is for the list.', 'Leave it out.');
  if (about === null || text === '') {
    throw wrongArguments('The note is empty.', 'For example: jm2 note JOB "what there is to say"');
  }
  if (text.length > noteMaxLength) {
    throw wrongValue(
      `The note has ${text.length} characters; ${noteMaxLength} are kept at most.`,
      'Write it shorter, or where it lies: jm2 note JOB "see docs/incident-7.md"',
    );
  }
  const daemon = await context.daemon();
  const written = await withNearNames(context, about, () =>
    daemon.note({ about, text, by: context.actor }),
  );
  return {
    data: { note: written },
    confirmation: true,
    text: () => `note ${written.id} about ${noteWords(written)}`,
  };
}

async function listed(context: Context, about: string | null, limit: number): Promise<Answer> {
  const { value } = await withNearNames(context, about, () =>
    context.read((service) => service.notes({ about, limit })),
  );
  return {
    data: value,
    text: (terminal) =>
      value.notes.length === 0
        ? `Nobody wrote a note${about === null ? '' : ` about ${about}`}.`
        : noteLines(value.notes, terminal, 'named'),
  };
}

/** All of them or, where one is not there, those before it; each is told. */
async function remove(context: Context, numbers: readonly number[]): Promise<Answer> {
  const daemon = await context.daemon();
  const removed: NoteView[] = [];
  for (const id of new Set(numbers)) {
    removed.push(await daemon.removeNote({ id, by: context.actor }));
  }
  return {
    data: { removed },
    confirmation: true,
    // With its text: a slip can be put right by writing it again.
    text: (terminal) => `removed\n${noteLines(removed, terminal, 'named')}`,
  };
}

function numberOf(word: string): number {
  if (/^[1-9]\d{0,8}$/.test(word)) return Number(word);
  throw wrongValue(
    `--remove got "${word}", which is not the number of a note.`,
    'jm2 note lists them with their numbers.',
  );
}

async function withNearNames<T>(
  context: Context,
  about: string | null,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (about === null || !isCode(error, 'JM2-R102')) throw error;
    const { value } = await context.read((service) => service.list());
    const near = nearest(
      about,
      value.jobs.map(({ name }) => name),
    );
    throw operationalError('JM2-R102', {
      detail: error.detail,
      hint: didYouMean(near) ?? 'jm2 history',
      cause: error,
    });
  }
}
