// The formats for machines: held to their published schemas, and to files that a
// person has looked at, for an empty plan, ten changes and three thousand.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, it } from 'vitest';
import { diagnostic } from '../../../src/core/diagnostics/registry.ts';
import { findingsOf } from '../../../src/cli/formats/findings.ts';
import { annotations, logWithAnnotations, outputLines } from '../../../src/cli/formats/github.ts';
import { codeQuality, dotenv, planWidget } from '../../../src/cli/formats/gitlab.ts';
import { jsonLines } from '../../../src/cli/formats/jsonl.ts';
import { junit } from '../../../src/cli/formats/junit.ts';
import { markdown } from '../../../src/cli/formats/markdown.ts';
import { outputsOf, pathInCheckout } from '../../../src/cli/formats/report.ts';
import type { Report } from '../../../src/cli/formats/report.ts';
import { sarif } from '../../../src/cli/formats/sarif.ts';
import { aReport, noChanges, tenChanges, threeThousandChanges } from '../../support/reports.ts';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '../../..');
const ajv = new Ajv({
  allErrors: true,
  strict: false,
  validateFormats: false,
  // The official schema has a pattern that is none in the newer mode.
  unicodeRegExp: false,
});
const findings = (report: Report) => findingsOf(report, (file) => file);

// Of an older draft, whose keywords that it uses mean the same.
const {
  $schema: _draft,
  id: _id,
  ...official
} = JSON.parse(
  readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'),
) as Record<string, unknown>;
const sarifSchema = ajv.compile(official);
const lineSchema = ajv.compile(
  JSON.parse(readFileSync(join(root, 'schema/output/plan-line.schema.json'), 'utf8')) as object,
);
const xsd = readFileSync(join(root, 'test/fixtures/junit.xsd'), 'utf8');

const problems = aReport({
  command: 'validate',
  accepted: false,
  files: [{ file: 'jobs.yaml', accepted: false, jobs: null, digest: null }],
  diagnostics: [
    diagnostic('JM2-M201', {
      detail: 'There is no field "shedule", <b>50%</b>,\nand a: b\u0007 \ud800.',
      file: 'jobs.yaml',
      path: '/jobs/a/shedule',
      range: { start: { line: 4, column: 5 }, end: { line: 4, column: 12 } },
      fix: {
        range: { start: { line: 4, column: 5 }, end: { line: 4, column: 12 } },
        text: 'schedule',
      },
    }),
    diagnostic('JM2-M305', { severity: 'warning', detail: 'TOKEN', file: 'jobs.yaml', path: '/x' }),
  ],
});

describe.each([
  ['empty', noChanges()],
  ['ten', tenChanges()],
  ['large', threeThousandChanges()],
] as const)('a plan (%s)', (name, report) => {
  const golden = (ending: string): string => join(root, `test/golden/formats/${name}.${ending}`);

  it('is told in each format as it was before', async () => {
    const texts: Record<string, string> = {
      md: markdown(report, 60_000),
      github: annotations(findings(report)),
      'gitlab.json': planWidget(report.plan),
      env: dotenv(outputsOf(report)),
    };
    // Of three thousand changes these would be megabytes that nobody reads.
    if (name !== 'large') {
      texts['sarif'] = sarif(report, findings(report));
      texts['xml'] = junit(report, findings(report));
      texts['jsonl'] = jsonLines(report, undefined);
    }
    for (const [ending, text] of Object.entries(texts)) {
      await expect(text).toMatchFileSnapshot(golden(ending));
    }
  });

  it('is SARIF by the official schema, JUnit by its structure, and lines by their schema', async () => {
    const log: unknown = JSON.parse(sarif(report, findings(report)));
    expect(sarifSchema(log), ajv.errorsText(sarifSchema.errors)).toBe(true);
    const xml = { fileName: 'junit.xml', contents: junit(report, findings(report)) };
    expect((await validateXML({ xml, schema: xsd })).errors).toEqual([]);
    const lines = jsonLines(report, undefined).trimEnd().split('\n');
    for (const line of [...lines.slice(0, 20), ...lines.slice(-2)]) {
      expect(lineSchema(JSON.parse(line)), ajv.errorsText(lineSchema.errors)).toBe(true);
    }
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'version', format: 1 });
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ type: 'end', accepted: true });
  });
});

describe('problems of a manifest', () => {
  it('are SARIF by the official schema, with the help of each rule', () => {
    const log = JSON.parse(sarif(problems, findings(problems))) as {
      runs: { tool: { driver: { rules: { id: string; help: { text: string } }[] } } }[];
    };
    expect(sarifSchema(log), ajv.errorsText(sarifSchema.errors)).toBe(true);
    const rules = log.runs[0]?.tool.driver.rules ?? [];
    expect(rules.map(({ id }) => id)).toEqual(['JM2-M201', 'JM2-M305']);
    expect(rules[0]?.help.text).not.toBe('');
  });

  it('offer the edit that mends them, where there is one', () => {
    const { runs } = JSON.parse(sarif(problems, findings(problems))) as {
      runs: { results: { fixes?: unknown[] }[] }[];
    };
    const [mendable, other] = runs[0]?.results ?? [];
    expect(other).not.toHaveProperty('fixes');
    const region = { startLine: 4, startColumn: 5, endLine: 4, endColumn: 12 };
    expect(mendable?.fixes).toEqual([
      {
        description: { text: problems.diagnostics[0]?.hint },
        artifactChanges: [
          {
            artifactLocation: { uri: 'jobs.yaml', uriBaseId: '%SRCROOT%' },
            replacements: [{ deletedRegion: region, insertedContent: { text: 'schedule' } }],
          },
        ],
      },
    ]);
  });

  it('are well-formed JUnit whatever characters they hold', async () => {
    const text = junit(problems, findings(problems));
    const xml = { fileName: 'junit.xml', contents: text };
    expect((await validateXML({ xml, schema: xsd })).errors).toEqual([]);
    expect(text).toContain('tests="2" failures="1"');
    expect(text).toContain('&lt;b&gt;50%&lt;/b&gt;');
  });

  it('have the same fingerprints after lines have moved, and different ones among themselves', () => {
    const moved = problems.diagnostics.map((one) => ({
      ...one,
      range: { start: { line: 90, column: 1 }, end: { line: 90, column: 8 } },
    }));
    const prints = (report: Report) => findings(report).map(({ fingerprint }) => fingerprint);
    expect(prints({ ...problems, diagnostics: moved })).toEqual(prints(problems));
    const twice = { ...problems, diagnostics: [...moved, ...moved] };
    expect(new Set(prints(twice)).size).toBe(4);
  });

  it('are Code Quality issues with path, line, severity and fingerprint', () => {
    expect(JSON.parse(codeQuality(findings(problems)))).toEqual([
      expect.objectContaining({
        check_name: 'JM2-M201',
        severity: 'critical',
        location: { path: 'jobs.yaml', lines: { begin: 4 } },
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
      expect.objectContaining({ check_name: 'JM2-M305', severity: 'minor' }),
    ]);
  });

  it('leave no more than 5,000 results, the worst of them, and say how many are missing', () => {
    const [error, warning] = problems.diagnostics;
    if (error === undefined || warning === undefined) throw new Error('two are needed');
    const many = aReport({
      diagnostics: [...Array.from({ length: 5_200 }, () => warning), error],
    });
    const [run] = (JSON.parse(sarif(many, findings(many))) as { runs: SarifRun[] }).runs;
    expect(run?.results).toHaveLength(5_000);
    expect(run?.results[0]?.level).toBe('error');
    expect(run?.invocations[0]?.toolExecutionNotifications[0]?.message.text).toBe(
      '201 further results of lesser weight are left out.',
    );
  });
});

interface SarifRun {
  results: { level: string }[];
  invocations: { toolExecutionNotifications: { message: { text: string } }[] }[];
}

describe('workflow commands', () => {
  it('escape what would end a property or a message', () => {
    const [first] = annotations(findings(problems)).split('\n');
    expect(first).toBe(
      `::error file=jobs.yaml,line=4,endLine=4,col=5,endColumn=12,title=${problems.diagnostics[0]?.summary} [JM2-M201]::There is no field "shedule", <b>50%25</b>, and a: b\\x07 \\ud800. ${problems.diagnostics[0]?.hint}`,
    );
    const odd = { ...problems.diagnostics[0], file: 'a,b:c%.yaml' } as Report['diagnostics'][0];
    expect(annotations(findings(aReport({ diagnostics: [odd] })))).toContain(
      'file=a%2Cb%3Ac%25.yaml,',
    );
  });

  it('are at most ten of a kind, the last telling of the others', () => {
    const [error] = problems.diagnostics;
    const many = Array.from({ length: 25 }, () => error).filter((one) => one !== undefined);
    const lines = annotations(findings(aReport({ diagnostics: many }))).split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[9]).toContain('and 16 more of this kind');
  });

  it('of the lines under review come before others of their kind', () => {
    const errors = Array.from({ length: 25 }, (_, at) => ({
      ...problems.diagnostics[0]!,
      range: { start: { line: at + 1, column: 1 }, end: { line: at + 1, column: 2 } },
    }));
    const isChanged: Report['isChanged'] = (_file, range) => range?.start.line === 24;
    const report = aReport({ diagnostics: [...errors, problems.diagnostics[1]!], isChanged });
    const lines = annotations(findings(report)).split('\n');
    expect(lines[0]).toContain('::error file=jobs.yaml,line=24,');
    expect(lines[1]).toContain('::error file=jobs.yaml,line=1,');
    expect(lines.at(-1)).toContain('::warning ');
  });

  it('cannot be given by the text before them', () => {
    const text = 'plan\n::set-output name=x::y\n::jm2-0::';
    const [stop, ...rest] = logWithAnnotations(text, []).split('\n');
    const mark = stop?.replace('::stop-commands::', '') ?? '';
    expect(mark).toMatch(/^jm2-[0-9a-f]{32}$/);
    expect(rest).toEqual([...text.split('\n'), `::${mark}::`]);
  });

  it('set outputs of several lines with a mark that the value does not hold', () => {
    expect(outputLines({ changes: '3' })).toBe('changes=3\n');
    const [open, first, second, close] = outputLines({ body: 'a\nEOF' }).split('\n');
    expect([first, second]).toEqual(['a', 'EOF']);
    expect(open).toBe(`body<<${close}`);
  });
});

it('a path is told from the root of the checkout, and not at all where it lies outside', () => {
  const at = { cwd: '/checkout/sub', root: '/checkout' };
  expect(pathInCheckout('jobs.yaml', at)).toBe('sub/jobs.yaml');
  expect(pathInCheckout('/elsewhere/jobs.yaml', at)).toBeNull();
  expect(pathInCheckout('standard input', at)).toBeNull();
});

it('the widget of a plan that could not be made tells no zeros', () => {
  expect(planWidget(null)).toBe('{}\n');
});
