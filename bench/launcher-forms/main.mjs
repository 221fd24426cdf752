// Which form of launcher costs least: starts the same short commands in each form,
// in alternating rounds, and prints medians and their ratio to a bare spawn loop.
// Usage: node bench/launcher-forms/main.mjs [commands] [rounds] [directory]
// The directory for run files matters: a file system that has just deleted many
// files may create new ones several times slower, so nothing is deleted between
// rounds, and a memory file system gives the steadiest figures.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const count = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 5);
const here = import.meta.dirname;
const root = join(here, '..', '..');
const scratch = mkdtempSync(join(process.argv[4] ?? tmpdir(), 'jm2-forms-'));

const forms = [
  ['bare', 'child-loop.mjs'],
  ['bare+100MB', 'child-loop.mjs'],
  ['execa', 'child-loop.mjs'],
  ['shim', 'child-loop.mjs'],
  ['forking shell', 'forking-shell.mjs'],
  ['forking shell+setsid', 'forking-shell.mjs'],
  ['jm2 launcher', 'launcher.mjs'],
];
const commands = { 'sh -c :': ['/bin/sh', '-c', ':'], true: ['true'] };

const bundle = join(scratch, 'bundle');
await build({
  absWorkingDir: root,
  entryPoints: [
    'src/executor/launcher/main.ts',
    'src/dispatch/local/local-dispatcher.ts',
    'src/system/process-identity.ts',
    'src/system/clock.ts',
  ],
  outdir: bundle,
  entryNames: '[name]',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'error',
  banner: {
    js: "import { createRequire as benchRequire } from 'node:module'; const require = benchRequire(import.meta.url);",
  },
});

function measure(form, file, argv) {
  const directory = mkdtempSync(join(scratch, 'round-'));
  const before = descendantsCpu();
  const output = execFileSync(
    process.execPath,
    [join(here, file), form, String(count), directory, ...argv],
    { encoding: 'utf8', env: { ...process.env, JM2_BENCH_BUNDLE: bundle } },
  );
  return { ...JSON.parse(output), cpu: descendantsCpu() - before };
}

/** Processor time, in ms, of all descendants that have ended: fields 16 and 17 of proc(5) stat. */
function descendantsCpu() {
  if (process.platform !== 'linux') return 0;
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // In ticks of a hundredth of a second.
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

try {
  for (const [name, argv] of Object.entries(commands)) {
    const samples = new Map(forms.map(([form]) => [form, []]));
    for (let round = 0; round < rounds; round += 1) {
      // Alternating, each round from another form on: noise and warmth hit all alike.
      for (let i = 0; i < forms.length; i += 1) {
        const [form, file] = forms[(i + round) % forms.length];
        samples.get(form).push(measure(form, file, argv));
      }
    }
    const base = median(samples.get('bare').map((sample) => sample.all));
    const baseCpu = median(samples.get('bare').map((sample) => sample.cpu));
    console.log(`\n${count} × ${name}, median of ${rounds} rounds`);
    console.log(
      `${'form'.padEnd(24)}${['last start', 'all ended', 'ratio', 'processor', 'ratio', 'loop blocked'].map((head) => head.padStart(14)).join('')}`,
    );
    for (const [form, list] of samples) {
      const [last, all, cpu, blocked] = ['last', 'all', 'cpu', 'blocked'].map((key) =>
        median(list.map((sample) => sample[key])),
      );
      const cells = [
        `${Math.round(last)} ms`,
        `${Math.round(all)} ms`,
        `${(all / base).toFixed(2)}×`,
        `${cpu} ms`,
        `${(cpu / baseCpu).toFixed(2)}×`,
        `${Math.round(blocked)} ms`,
      ];
      console.log(`${form.padEnd(24)}${cells.map((cell) => cell.padStart(14)).join('')}`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
