// Fields of one job from a file or from standard input, as JSON or YAML.
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { Context } from './context.ts';
import { readProposal } from './manifest-file.ts';
import { wrongValue } from './usage-errors.ts';

export async function readJobFields(
  context: Context,
  path: string,
): Promise<Readonly<Record<string, unknown>>> {
  const shown = path === '-' ? 'standard input' : context.shownPath(resolve(context.cwd, path));
  const text = await readProposal(path === '-' ? path : resolve(context.cwd, path), shown);
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  const problem = document.errors[0];
  const value: unknown = problem === undefined ? document.toJS() : null;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw wrongValue(
    `${shown} holds no fields of a job${problem === undefined ? '' : `: ${problem.message}`}.`,
    'Write {"command": "echo hi", "schedule": "0 * * * *"}.',
  );
}
