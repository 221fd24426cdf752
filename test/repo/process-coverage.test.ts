import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Place {
  readonly line: number;
  readonly column: number;
}
type Counts = Record<string, number>;
interface FileCoverage {
  readonly path: string;
  readonly statementMap: Readonly<Record<string, { readonly start: Place; readonly end: Place }>>;
  readonly s: Counts;
}
type AddProcesses = (coverage: Record<string, FileCoverage>, folder: string) => number;

const lines = [
  'export function tell(n: number): string {',
  '  if (n > 1) {',
  "    return 'many';",
  '  }',
  "  const word = 'ö: ' + (n === 1 ? 'one' : 'none');",
  '  return word + word.length;',
  '}',
  'export function unused(): string {',
  "  return 'never built';",
  '}',
];

describe('the lines that processes executed', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jm2-measure-')));
  const source = join(folder, 'tell.ts');
  const written = join(folder, 'written');
  let addProcesses: AddProcesses;

  beforeAll(async () => {
    const script = pathToFileURL('scripts/process-coverage.mjs').href;
    ({ addProcesses } = (await import(script)) as { addProcesses: AddProcesses });
    writeFileSync(source, lines.join('\n'));
    writeFileSync(
      join(folder, 'main.ts'),
      "import { tell } from './tell.ts';\nconsole.log(tell(Number(process.argv[2])));\n",
    );
    await build({
      entryPoints: [join(folder, 'main.ts')],
      outfile: join(folder, 'main.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      minifyWhitespace: true,
      minifySyntax: true,
      charset: 'utf8',
      sourcemap: 'external',
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** One statement on each line that has one, as the test runner lists them; none executed. */
  const missed = (): FileCoverage => {
    const numbers = [2, 3, 5, 6, 9];
    return {
      path: source,
      statementMap: Object.fromEntries(
        numbers.map((line) => {
          const text = lines[line - 1] ?? '';
          const start = { line, column: text.search(/\S/) };
          return [line, { start, end: { line, column: text.length } }];
        }),
      ),
      s: Object.fromEntries(numbers.map((line) => [line, 0])),
    };
  };
  const run = (n: number): void => {
    execFileSync(process.execPath, [join(folder, 'main.mjs'), String(n)], {
      env: { NODE_V8_COVERAGE: written },
    });
  };
  const executed = (): { processes: number; lines: string[] } => {
    const file = missed();
    const processes = addProcesses({ [source]: file }, written);
    return { processes, lines: Object.keys(file.s).filter((line) => file.s[line] === 1) };
  };

  it('are none before a process has run', () => {
    expect(executed()).toEqual({ processes: 0, lines: [] });
  });

  it('are those of all processes together, and never what was not built or not reached', () => {
    run(1);
    expect(executed()).toEqual({ processes: 1, lines: ['2', '5', '6'] });
    run(2);
    expect(executed()).toEqual({ processes: 2, lines: ['2', '3', '5', '6'] });
  });

  it('do not come from a report cut short by a kill', () => {
    writeFileSync(join(written, 'coverage-cut.json'), '{"result":[{"url":');
    expect(executed().lines).toEqual(['2', '3', '5', '6']);
  });

  it('leave counts of the test runner alone', () => {
    const file = missed();
    file.s['9'] = 7;
    addProcesses({ [source]: file }, written);
    expect(file.s['9']).toBe(7);
  });
});
