// Names and texts that want out of their place, in every format of a plan: a
// table of what each may not do, then seeded random plans made of such texts.
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { validateXML } from 'xmllint-wasm';
import { expect, it } from 'vitest';
import { weekGrid } from '../../../src/core/plan/week-grid.ts';
import { diagnostic } from '../../../src/core/diagnostics/registry.ts';
import { escapeJson } from '../../../src/core/diagnostics/escape-for-terminal.ts';
import { findingsOf } from '../../../src/cli/formats/findings.ts';
import { annotations } from '../../../src/cli/formats/github.ts';
import { codeQuality, dotenv, planWidget } from '../../../src/cli/formats/gitlab.ts';
import { jsonLines } from '../../../src/cli/formats/jsonl.ts';
import { junit } from '../../../src/cli/formats/junit.ts';
import { markdown } from '../../../src/cli/formats/markdown.ts';
import { outputsOf } from '../../../src/cli/formats/report.ts';
import { sarif } from '../../../src/cli/formats/sarif.ts';
import { planText } from '../../../src/cli/views/plan.ts';
import { weekSvg } from '../../../src/cli/views/week-svg.ts';
import { plannedReport } from '../../support/reports.ts';
import { aTerminal } from '../../support/terminal.ts';

const root = join(import.meta.dirname, '../../..');
const require = createRequire(import.meta.url);
const {
  $schema: _draft,
  id: _id,
  ...official
} = JSON.parse(
  readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'),
) as Record<string, unknown>;
const sarifSchema = new Ajv({
  strict: false,
  validateFormats: false,
  unicodeRegExp: false,
}).compile(official);
const junitSchema = readFileSync(join(root, 'test/fixtures/junit.xsd'), 'utf8');
/** Any well-formed picture. */
const svgSchema =
  '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/svg"><xs:element name="svg"/></xs:schema>';

const longestName = `a${'.b-c_d'.repeat(10)}zz`;
const hostile = {
  backticks: '```\n# out\n```',
  pipe: 'a | b \\| c',
  tags: '</code></details><script>alert(1)</script><!-- -->',
  'a workflow command': 'x\n::error file=a::taken\n::stop-commands::x',
  'the end of a CDATA section': ']]> <![CDATA[ <!-- ]]> -->',
  'control characters': 'bell \u0007 escape \u001b[31;5m\u001b]0;title\u0007 c1 \u0085 \u007f',
  'marks of direction': 'safe \u202e\u2066txt.exe\u2069\u202c \u200f\u061c',
  'invisible marks': 'a\u200bb\u2060c\ufeffd\u00ad',
  'tag characters': 'a\u{e0041}\u{e007f}b',
  'line separators': 'a\u2028b\u2029c',
  'mentions and references': '@all #1 !2 closes #3 https://evil.example www.evil.example',
  'an entity': '&lt;b&gt; &#60; %0A %3A%3A',
} as const;

/** Escapes in a quoted value are how a manifest may hold any character. */
function yaml(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function job(name: string, text: string, schedule: string): string {
  const value = yaml(text);
  return `  ${name}: {schedule: "${schedule}", command: ${value}, description: ${value}, owner: ${value}, cwd: ${value}, env: {A: ${value}}}\n`;
}

type Planned = ReturnType<typeof plannedReport>;

/** Everything that comes from outside holds the text: fields, commits, the file's name, problems. */
function reportOf(text: string, before: string, after: string): Planned {
  const file = `${text.replaceAll(/[/\n]/g, ' ')}.yaml`;
  const range = { start: { line: 4, column: 5 }, end: { line: 4, column: 12 } };
  const { plan, ...report } = plannedReport(before, after, {
    source: file,
    against: `git:${text}`,
    publicEnv: ['A'],
    placeOf: () => range,
    diagnostics: [
      diagnostic('JM2-M201', { detail: text, hint: text, file, path: '/jobs/a/x', range }),
    ],
  });
  const commit = { commit: 'c'.repeat(40), author: text, at: plan.at, subject: text };
  const changes = plan.changes.map((change) => ({ ...change, commits: [commit] }));
  return { ...report, plan: { ...plan, changes, timezoneData: text, publicEnv: ['A'] } };
}

function inAllFormats(report: Planned) {
  const findings = findingsOf(report, (file) => file);
  const { plan } = report;
  const terminal = aTerminal({ width: 80, now: Date.parse(plan.at) });
  const grid = weekGrid([], Date.parse(plan.at), 'UTC');
  return {
    findings,
    human: planText(plan, { source: report.source, isVerbose: true }, terminal),
    json: escapeJson(JSON.stringify(plan)),
    jsonl: jsonLines(report, undefined),
    markdown: markdown(report, 60_000),
    github: annotations(findings),
    gitlab: codeQuality(findings),
    widget: planWidget(plan),
    dotenv: dotenv(outputsOf(report)),
    sarif: sarif(report, findings),
    junit: junit(report, findings),
    svg: weekSvg({
      title: report.source,
      subtitle: report.source,
      grid,
      notes: [[report.source, report.source]],
    }),
  };
}

/** What a terminal may obey. Of Markdown only: what we put behind an @ ourselves. */
const unsafe = /[^\P{Cc}\n]|[^\P{Cf}\u200d]|[\u2028\u2029]|\p{Cs}/u;

function expectInPlace(report: Planned): void {
  const texts = inAllFormats(report);
  const { findings, markdown: page, ...others } = texts;
  for (const [format, text] of Object.entries(others)) expect(text, format).not.toMatch(unsafe);
  expect(page.replaceAll('\u200b', '')).not.toMatch(unsafe);

  const lines = page.split('\n');
  expect(page.length).toBeLessThan(60_000);
  expect(lines[0]).toBe('<!-- jm2-plan:default -->');
  expect(lines.filter((line) => line.trimStart().startsWith('```'))).toEqual(
    page.includes('```diff') ? ['```diff', '```'] : [],
  );
  const isCode = page.split('\n```').flatMap((part, at) => (at % 2 === 1 ? [] : [part]));
  const prose = isCode.join('\n');
  expect(prose.match(/<(?!\/?(?:details|summary|code|sub|br)>|!-- jm2-)/g)).toBeNull();
  expect(prose.split('<details>').length).toBe(prose.split('</details>').length);
  expect(prose).not.toMatch(/https?:\/\/|[@#!](?=\w)(?<!&#)/);
  for (const line of lines.filter((one) => one.startsWith('|'))) {
    expect(line.match(/(?<!\\)\|/g)?.length ?? 0).toBeLessThan(13);
  }

  const commands = texts.github.split('\n').filter((line) => line !== '');
  for (const line of commands) expect(line).toMatch(/^::(?:error|warning|notice) [^:]*::/);
  for (const level of ['error', 'warning', 'notice']) {
    expect(commands.filter((line) => line.startsWith(`::${level}`)).length).toBeLessThan(11);
  }
  expect(
    texts.dotenv
      .trimEnd()
      .split('\n')
      .every((line) => /^JM2_[A-Z_]+=/.test(line)),
  ).toBe(true);
  expect(Object.keys(JSON.parse(texts.widget) as object)).toEqual(['create', 'update', 'delete']);
  expect(JSON.parse(texts.gitlab)).toHaveLength(findings.length);
  expect(sarifSchema(JSON.parse(texts.sarif))).toBe(true);
  for (const line of texts.jsonl.trimEnd().split('\n')) JSON.parse(line);
  // An escape is the same value: nothing of a manifest is lost for a program.
  expect(JSON.parse(texts.json)).toEqual(JSON.parse(JSON.stringify(report.plan)));
}

async function expectXml(reports: readonly Planned[]): Promise<void> {
  const texts = reports.map(inAllFormats);
  const named = (kind: 'junit' | 'svg') =>
    texts.map((one, at) => ({ fileName: `${at}.${kind}`, contents: one[kind] }));
  const junits = await validateXML({ xml: named('junit'), schema: junitSchema });
  expect(junits.errors).toEqual([]);
  const pictures = await validateXML({ xml: named('svg'), schema: svgSchema });
  expect(pictures.errors).toEqual([]);
}

function planOf(text: string): Planned {
  const before = `${job('a', 'x', '0 3 * * *')}${job('gone', text, '0 4 * * *')}`;
  const after = `${job('a', text, '0 5 * * *')}${job(longestName, text, '0 6 * * *')}`;
  return reportOf(text, before, after);
}

it.each(Object.entries(hostile))('%s stays in its place in every format', (_what, text) => {
  const report = planOf(text);
  expectInPlace(report);
  expect(planText(report.plan, { source: 'x' }, aTerminal())).toContain(longestName);
});

it('all of them are valid JUnit and well-formed SVG', async () => {
  await expectXml(Object.values(hostile).map(planOf));
});

it('a description of 100 kB that changes at its end is shown where it changes, and whole as data', () => {
  const long = 'word '.repeat(20_000);
  const about = (text: string) => `  a: {command: x, description: "${text}"}\n`;
  const report = reportOf('x', about(long), about(`${long}end`));
  expectInPlace(report);
  const { human, markdown: page, json } = inAllFormats(report);
  expect(json).toContain('word end"');
  expect(human.length).toBeGreaterThan(100_000);
  const short = planText(report.plan, { source: 'x' }, aTerminal());
  expect(short.length).toBeLessThan(4_000);
  for (const text of [short, page]) {
    expect(text).toContain('word word " (100,002 characters) → …');
    expect(text).toContain('word end" (100,005 characters)');
  }
});

it('random plans of random hostile texts stay in their place, and their XML is valid', async () => {
  const piece = fc.oneof(
    fc.constantFrom(...Object.values(hostile)),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('`', '|', '```', '\n', '::', ']]>', '<!--', '-->', '\u202e', '&', '"', "'"),
  );
  const text = fc
    .array(piece, { minLength: 1, maxLength: 5 })
    // A manifest that holds NUL is not accepted.
    .map((parts) => `t${parts.join('')}`.replaceAll('\0', ''));
  const schedule = fc.constantFrom('0 3 * * *', 'every 10m', '30 2 * * *', '0 9 1 1 *');
  const jobs = fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', longestName), text, schedule), {
      selector: ([name]) => name,
      minLength: 1,
    })
    .map((all) => all.map((one) => job(...one)).join(''));
  const reports: Planned[] = [];
  fc.assert(
    fc.property(text, jobs, jobs, (shared, before, after) => {
      const report = reportOf(shared, before, after);
      expectInPlace(report);
      reports.push(report);
    }),
    { numRuns: 5, seed: 20260327 },
  );
  await expectXml(reports);
});
