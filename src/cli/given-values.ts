// Reads what a call gives to one run: NAME=VALUE as written, NAME alone from the
// caller's own environment. Whether it can be passed on is the core's to say.
import { operationalError } from '../core/diagnostics/registry.ts';
import { givenProblem, type RunGiven } from '../core/runs/given.ts';
import type { Input } from './input.ts';
import { wrongValue } from './usage-errors.ts';

export function readGiven(input: Input): RunGiven {
  const env: Record<string, string> = {};
  for (const text of input.texts('env')) {
    const at = text.indexOf('=');
    const name = at === -1 ? text : text.slice(0, at);
    const value = at === -1 ? process.env[name] : text.slice(at + 1);
    if (value === undefined) {
      throw wrongValue(
        `--env got "${text}", and no variable of that name is set here.`,
        'Write --env NAME=VALUE, or --env NAME to hand over a variable that is set.',
      );
    }
    env[name] = value;
  }
  const given = { args: input.passedOn, env };
  const problem = givenProblem(given);
  if (problem !== null) throw operationalError('JM2-R125', { detail: `${problem}.` });
  return given;
}
