// Holds what `--json` prints to the published schemas under schema/output, for
// every call that a test makes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

const folder = join(import.meta.dirname, '../../schema/output');
const ajv = new Ajv({ allErrors: true, strict: false });
const compiled = new Map<string, ValidateFunction | null>();
const withValue = new Set(['--manifest', '--state-dir']);

/** The first word that is no option; null for a call of jm2 itself. */
export function commandOf(args: readonly string[]): string | null {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (withValue.has(word)) at += 1;
    else if (!word.startsWith('-')) return word;
  }
  return null;
}

/** What is wrong with the stdout of this call, in words; null when it is as published. */
export function answerProblem(args: readonly string[], stdout: string): string | null {
  const command = commandOf(args);
  // What stands behind `--` is for the command of a job.
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (!own.includes('--json') || command === null || stdout === '') return null;
  const whole = schemaOf(`${command}.schema.json`);
  if (whole === null) return null;
  const stream = schemaOf(`${command}-line.schema.json`);
  const values = stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  for (const value of values) {
    const isAnswer = stream === null || Object.hasOwn(value as object, 'success');
    const check = isAnswer ? whole : stream;
    if (!check(value)) return `${ajv.errorsText(check.errors)}\n${JSON.stringify(value, null, 2)}`;
  }
  return null;
}

function schemaOf(name: string): ValidateFunction | null {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const made = compile(name);
  compiled.set(name, made);
  return made;
}

function compile(name: string): ValidateFunction | null {
  let text: string;
  try {
    text = readFileSync(join(folder, name), 'utf8');
  } catch {
    return null;
  }
  return ajv.compile(JSON.parse(text) as object);
}
