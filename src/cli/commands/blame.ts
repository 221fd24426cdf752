// Where each value of a job comes from: revision, person, commit and author.
import { operationalError } from '../../core/diagnostics/registry.ts';
import { loadManifest } from '../../core/manifest/load-manifest.ts';
import { originsOf } from '../../core/manifest/origins.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { didYouMean, nearest } from '../usage-errors.ts';
import { blameText } from '../views/blame.ts';

export const blameCommand: CommandDefinition = {
  name: 'blame',
  summary: 'Tell which revision, person and commit gave a job its values',
  description:
    'For each value that is not a default: the revision that brought it, when, by whom and why; and, where the manifest in force was taken from a commit, the commit and the author of its line. Needs no daemon.',
  arguments: [
    { name: '<job>', description: 'its name, or JOB.FIELD such as dump-shop.retry.limit' },
  ],
  options: [],
  examples: [
    { command: 'jm2 blame dump-shop', meaning: 'who set what' },
    { command: 'jm2 blame dump-shop.schedule', meaning: 'why does it run at 04:00?' },
  ],
  run: blame,
};

async function blame(context: Context, input: Input): Promise<Answer> {
  const asked = input.needed(0);
  const places = await context.locations();
  const { found, path } = await findBlame(context, asked);
  const { readAccepted } = await import('../../daemon/read-revisions.ts');
  const { allRevisions } = await import('../earlier-manifest.ts');
  const { fileAuthor, lineAuthors } = await import('../line-authors.ts');
  const [{ sha256 }, { readBeside }] = await Promise.all([
    import('../../system/digest.ts'),
    import('../../system/read-beside.ts'),
  ]);
  const fields = found.fields.filter((field) => path === null || isWithin(field.path, path));
  if (fields.length === 0) {
    throw operationalError('JM2-R101', {
      detail: `${found.job} has nothing of its own under "${asked.slice(found.job.length + 1)}": it is at its default, or no such field.`,
      hint: `jm2 blame ${found.job}`,
    });
  }
  const accepted = readAccepted(places, null);
  const [latest] = await allRevisions(context);
  const { places: lines, manifest } = loadManifest(accepted?.text ?? '', {
    file: places.manifest,
    digest: sha256,
    files: readBeside(places.manifestDir),
  });
  const origins = originsOf(
    found.job,
    fields.map((field) => field.path),
    lines,
  );
  const authors = await lineAuthors(places.manifest, latest?.gitCommit ?? null);
  const entryOf = async (field: (typeof fields)[number]) => {
    const [, section, name = ''] = field.path.split('/');
    const isCalendar = section === 'calendars';
    // Its days may stand in other files, whose last change is what counts.
    const files = isCalendar ? (manifest?.calendars[name]?.files ?? []) : [];
    const changed = await fileAuthor(places.manifest, field.gitCommit, files);
    const place = isCalendar ? lines(field.path)?.start.line : origins[field.path]?.line;
    const line = place ?? null;
    const author = changed ?? (line === null ? undefined : authors.get(line));
    return {
      field: field.path.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~'),
      value: field.value,
      line,
      revision: field.revision,
      at: new Date(field.at).toISOString(),
      by: field.by,
      reason: field.reason,
      commit: author?.commit ?? field.gitCommit,
      author: author?.author ?? null,
      authoredAt: author === undefined ? null : new Date(author.at).toISOString(),
      summary: author?.summary ?? null,
    };
  };
  const entries = await Promise.all(fields.map(entryOf));
  const data = { job: found.job, entries };
  return { data, text: (terminal) => blameText(data, terminal) };
}

/** A name may have dots, so a field is what is left behind the longest name. */
async function findBlame(context: Context, asked: string) {
  const places = await context.locations();
  const { readBlame } = await import('../../daemon/read-blame.ts');
  const words = asked.split('.');
  for (let from = words.length; from > 0; from -= 1) {
    const found = readBlame(places, words.slice(0, from).join('.'));
    if (found === null) continue;
    const rest = words.slice(from);
    return { found, path: rest.length === 0 ? null : `/${rest.join('/')}` };
  }
  const { value } = await context.read((service) => service.list());
  const near = nearest(
    asked,
    value.jobs.map(({ name }) => name),
  );
  throw operationalError('JM2-R101', {
    detail: `There is no job "${asked}", and there was none.`,
    hint: didYouMean(near) ?? 'jm2 list',
  });
}

function isWithin(path: string, wanted: string): boolean {
  return `${path}/`.startsWith(`${wanted}/`);
}
