// Markdown for a comment: nothing that a manifest holds becomes markup, and a
// long plan is cut between rows.
import { describe, expect, it } from 'vitest';
import { markdown } from '../../../src/cli/formats/markdown.ts';
import { code, fenced, prose } from '../../../src/cli/formats/markdown-text.ts';
import { fitted } from '../../../src/cli/formats/markdown-sections.ts';
import {
  aReport,
  noChanges,
  plannedReport,
  tenChanges,
  threeThousandChanges,
} from '../../support/reports.ts';

describe('foreign text', () => {
  it.each([
    ['a pipe', 'a | b', 'a &#124; b'],
    ['a tag', '</details><script>', '&#60;/details&#62;&#60;script&#62;'],
    ['markup', '**b** _i_ [l](x) # h', '&#42;&#42;b&#42;&#42; &#95;i&#95; &#91;l&#93;(x) &#35; h'],
    ['a mention', 'ask @someone', 'ask &#64;\u200bsomeone'],
    ['a reference', 'closes #12', 'closes &#35;\u200b12'],
    [
      'a link',
      'https://evil.example www.evil.example',
      'https&#58;//evil.example www&#46;evil.example',
    ],
    ['an entity', '&lt;b&gt;', '&#38;\u200blt;b&#38;\u200bgt;'],
    ['a backslash before a pipe', '\\|', '&#92;&#124;'],
    ['lines', 'a\n/close\nb', 'a /close b'],
    ['a word in backticks', 'set `a|b`', 'set <code>a&#124;b</code>'],
    ['a lone backtick', 'a ` b', 'a &#96; b'],
  ])('%s stays text', (_what, text, shown) => {
    expect(prose(text)).toBe(shown);
  });

  it('is code without a way out of it', () => {
    expect(code('`</code>|')).toBe('<code>&#96;&#60;/code&#62;&#124;</code>');
    expect(code('')).toBe('<code></code>');
  });

  it('cannot close a fence', () => {
    expect(fenced(' ', '```')).toBe(' · ```');
    expect(fenced('      ', 'a\n```\n# b')).toBe('      a ``` # b');
  });

  it('is cut by characters, never within one', () => {
    expect(prose('🎉'.repeat(300), 3)).toBe('🎉🎉…');
  });
});

describe('a plan as a comment', () => {
  it('begins with the mark that finds it again, and names the environment', () => {
    const lines = markdown(tenChanges(), 60_000).split('\n');
    expect(lines[0]).toBe('<!-- jm2-plan:prod -->');
    expect(lines[1]).toMatch(/^### jm2 plan · prod · ⚠ approval needed · 10 changes \(/);
    expect(markdown(noChanges(), 60_000)).toContain('### jm2 plan · ✅ no changes');
  });

  it('says that its base has gone on, where it is kept and until when, and whose commits it holds', () => {
    const { plan, ...report } = tenChanges();
    const commit = {
      commit: 'c'.repeat(40),
      author: '@ann ```',
      at: '2026-03-01T00:00:00Z',
      subject: 'later',
    };
    const text = markdown(
      {
        ...report,
        kept: { file: 'change.jm2plan', expiresAt: '2026-03-28T14:05:00Z' },
        plan: {
          ...plan,
          baseCommit: { commit: '8b20d11'.padEnd(40, '0'), missing: 2 },
          commits: { from: 'f'.repeat(40), isCut: true },
          changes: plan.changes.map((change) => ({ ...change, commits: [commit] })),
        },
      },
      60_000,
    );
    expect(text.split('\n').filter((line) => line.startsWith('>'))).toEqual([
      '> ⏳ **Outdated**: main has 2 commits on the manifest that this branch lacks, so that the plan takes back what they do. Merge or rebase, then plan again.',
      '> Kept as <code>change.jm2plan</code>, expires Sat 2026-03-28 14:05 +00:00. To apply exactly this: <code>jm2 apply change.jm2plan</code>',
      '> Only the newest commits were looked at; what older ones changed is told without its commit.',
    ]);
    expect(text).toContain('\n      commit cccccccccc @ann ```: later\n');
    expect(text).toContain('<code>git:main</code> <code>8b20d11000</code> · as of');
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      `<!-- jm2-base:${'8b20d11'.padEnd(40, '0')} -->`,
    );
    expect(text).toContain(`plan <code>${plan.impactDigest.slice(3, 11)}</code> · impact`);
  });

  it('without a change is never out of date', () => {
    const { plan, ...report } = noChanges();
    const baseCommit = { commit: 'a'.repeat(40), missing: 1 };
    expect(markdown({ ...report, plan: { ...plan, baseCommit } }, 60_000)).not.toContain(
      'Outdated',
    );
  });

  it('holds no value of a variable, secret or not', () => {
    const text = markdown(
      plannedReport(
        '  a: {schedule: "@daily", command: x, env: {NAME: alpha, OTHER: gamma}}\n',
        '  a: {schedule: "@daily", command: x, env: {NAME: beta, MORE: delta}}\n',
      ),
      60_000,
    );
    expect(text).not.toMatch(/alpha|beta|gamma|delta/);
    expect(text).toContain('env.NAME: changed (values are not shown here)');
    expect(text).toContain('env.MORE: set (values are not shown here)');
  });

  it('holds the values of variables that the manifest names as public, and of no secret', () => {
    const env = (name: string, token: string): string =>
      `  a: {schedule: "@daily", command: x, env: {NAME: ${name}, TOKEN: ${token}, YES: yes}}\n`;
    const report = plannedReport(env('alpha', 'hunter2hunter2'), env('beta', 'hunter3hunter3'));
    const hidden = markdown(report, 60_000);
    expect(hidden).not.toMatch(/alpha|beta|hunter|the text/);
    expect(hidden).toContain('The value of YES is not shown here');
    const publicEnv = ['NAME', 'TOKEN', 'YES'];
    const plan = { ...report.plan, publicEnv };
    const shown = markdown({ ...report, publicEnv, plan }, 60_000);
    expect(shown).toContain('env.NAME: "alpha" → "beta"');
    expect(shown).toMatch(/env\.TOKEN: .*\*\*\*/);
    expect(shown).not.toContain('hunter');
    expect(shown).toContain('is the text "yes" here');
  });

  it('keeps a hostile command and description inside its fence', () => {
    const hostile = '"```\\n</details>\\n@all | `x` <img src=x>"';
    const text = markdown(
      plannedReport(
        '  a: {schedule: "@daily", command: x}\n',
        `  a: {schedule: "@daily", command: ${hostile}, description: ${hostile}}\n`,
      ),
      60_000,
    );
    const lines = text.split('\n');
    expect(lines.filter((line) => line.trimStart().startsWith('```'))).toEqual(['```diff', '```']);
    expect(lines.filter((line) => line === '</details>')).toHaveLength(
      lines.filter((line) => line.startsWith('<details>')).length,
    );
  });

  it('of three thousand changes stays within its bound, in whole rows, and says what is missing', () => {
    const report = threeThousandChanges();
    for (const bound of [60_000, 20_000, 5_000]) {
      const text = markdown(report, bound);
      expect(text.length).toBeLessThan(bound);
      expect(text).toMatch(/_\d+ (more )?removals not shown here/);
      expect(text).toMatch(/_\d+ (more )?changes not shown here/);
      const lines = text.split('\n');
      for (const line of lines.filter((one) => one.startsWith('|'))) expect(line).toMatch(/ \|$/);
      expect(lines.filter((line) => line.startsWith('```')).length % 2).toBe(0);
      expect(text.split('<details>').length).toBe(text.split('</details>').length);
    }
  });
});

it('what comes first may use what comes later does not need, and starves nothing', () => {
  const section = (noun: string, count: number) => ({
    open: [],
    rows: Array.from({ length: count }, (_, at) => `${noun} ${at} ${'x'.repeat(80)}`),
    close: [],
    noun,
  });
  const text = fitted('head', [section('first', 1_000), section('second', 3)], 'foot', 10_000);
  expect(text.length).toBeLessThan(10_000);
  expect(text.match(/^first/gm)?.length).toBeGreaterThan(90);
  expect(text.match(/^second/gm)).toHaveLength(3);
});

it('a manifest that is not accepted has its problems in the comment', () => {
  const text = markdown(aReport({ accepted: false }), 60_000);
  expect(text).toContain('### jm2 plan · ❌ not accepted');
});
