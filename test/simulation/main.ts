// The command behind `npm run simulate`: many worlds one after the other, a
// summary at the end, and for a seed that breaks a promise its smallest form,
// what happened, and the command to see it again.
import { parseArgs } from 'node:util';
import { faultKinds } from './faults.ts';
import { minimise } from './minimise.ts';
import { simulate, type SimulationResult } from './simulate.ts';

const help = `Usage: npm run simulate -- [--seeds N] [--days D] [--seed S] [--without KINDS] [--trace N]

Runs the scheduler, the reconciler and recovery in simulated worlds, each made
from one seed, and proves the promises from outside.

  --seeds N        worlds to simulate, 1 to 100000 (20)
  --days D         days in a world; a twentieth of it where jobs come every few
                   seconds, three times it where they come daily (4)
  --seed S         the first seed; the others follow it (1)
  --without KINDS  leave faults out, by name and with commas between
  --trace N        lines of the trace of a broken promise, 0 to 400 (60)

Faults: ${faultKinds.join(' ')}`;

/** In the order of the command line. */
function readOptions() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20' },
      days: { type: 'string', default: '4' },
      seed: { type: 'string', default: '1' },
      without: { type: 'string', default: '' },
      trace: { type: 'string', default: '60' },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'seeds' | 'days' | 'seed' | 'trace', low: number, high: number): number => {
    const value = Number(values[name]);
    if (values[name].trim() !== '' && value >= low && value <= high) return value;
    throw new Error(`--${name} must be a number from ${low} to ${high}, not "${values[name]}"`);
  };
  const without = values.without.split(',').filter((kind) => kind !== '');
  const unknown = without.find((kind) => !faultKinds.includes(kind));
  if (unknown !== undefined) throw new Error(`there is no fault "${unknown}" to leave out`);
  return {
    isHelp: values.help,
    seeds: Math.floor(number('seeds', 1, 100_000)),
    days: number('days', 0.01, 4_000),
    seed: Math.floor(number('seed', 0, Number.MAX_SAFE_INTEGER - 100_000)),
    trace: Math.floor(number('trace', 0, 400)),
    without,
  };
}

type Options = ReturnType<typeof readOptions>;

async function report(result: SimulationResult, options: Options): Promise<void> {
  const [first] = result.violations;
  if (first === undefined) return;
  const { promise, detail, day } = first;
  console.log(`seed ${result.seed} breaks "${promise}" on day ${day.toFixed(2)}: ${detail}`);
  const { days, without } = options;
  const smallest = await minimise({ seed: result.seed, days, without }, promise);
  for (const line of smallest.result.trace.slice(-options.trace)) console.log(`    ${line}`);
  const leftOut = smallest.without.length === 0 ? '' : ` --without ${smallest.without.join(',')}`;
  console.log(
    `  Replay: npm run simulate -- --seeds 1 --seed ${result.seed} --days ${days}${leftOut}`,
  );
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options.isHelp) {
    console.log(help);
    return 0;
  }
  const begin = performance.now();
  const total = { days: 0, daemons: 0, commands: 0, occurrences: 0, revisions: 0, broken: 0 };
  for (let seed = options.seed; seed < options.seed + options.seeds; seed += 1) {
    const result = await simulate({ seed, days: options.days, without: options.without });
    total.days += result.days;
    total.daemons += result.daemons;
    total.commands += result.counts.commands;
    total.occurrences += result.counts.occurrences;
    total.revisions += result.counts.revisions;
    if (result.violations.length === 0) continue;
    total.broken += 1;
    await report(result, options);
  }
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage();
  const perCpu = total.days / ((user + system) / 1e6);
  const last = options.seed + options.seeds - 1;
  console.log(
    `Seeds ${options.seed} to ${last}: ${total.days.toFixed(0)} simulated days in ${seconds.toFixed(1)} s, ${(total.days / seconds).toFixed(1)} days/s (${perCpu.toFixed(1)} per second of CPU).`,
  );
  console.log(
    `${total.daemons} daemons, ${total.revisions} applies, ${total.occurrences} occurrences, ${total.commands} commands.`,
  );
  console.log(
    total.broken === 0 ? 'No promise was broken.' : `${total.broken} seeds broke a promise.`,
  );
  return total.broken === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 64;
}
