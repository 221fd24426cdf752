import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createOutput } from '../../src/cli/output.ts';
import { progressLine } from '../../src/cli/progress-line.ts';
import { withProgress } from '../../src/cli/progress.ts';

function anOutput(options: { json?: boolean; quiet?: boolean; isTTY?: boolean }) {
  const stderr = Object.assign(new PassThrough(), { isTTY: options.isTTY ?? true, columns: 40 });
  const output = createOutput({
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    stdout: new PassThrough() as unknown as NodeJS.WriteStream,
    stderr: () => stderr as unknown as NodeJS.WriteStream,
    exit: () => undefined,
  });
  let said = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { output, said: () => said };
}

describe('the line of longer work', () => {
  it.each([
    ['a part of what is known', 40, 400, 'proving … 10 %'],
    ['more than was expected', 9, 4, 'proving … 100 %'],
    ['an unknown amount', 0, 0, 'proving … 7s'],
  ])('tells %s', (_what, done, total, line) => {
    expect(progressLine({ title: 'proving', elapsedMs: 7_900, done, total }, 80)).toBe(line);
  });

  it('never fills a narrow terminal, where it would wrap and stay', () => {
    const facts = { title: 'looking through the logs', elapsedMs: 61_000, done: 0, total: 0 };
    expect(progressLine(facts, 20)).toBe('looking throu … 61s');
    expect(progressLine(facts, 3).length).toBeLessThan(3);
  });
});

describe('a line of progress has a place', () => {
  it.each([
    ['on a terminal', {}, 40],
    ['not in a pipe', { isTTY: false }, null],
    ['not with --json', { json: true }, null],
    ['not with --quiet', { quiet: true }, null],
  ])('%s', (_where, options, width) => {
    expect(anOutput(options).output.progressWidth).toBe(width);
  });
});

describe('a remark', () => {
  it('takes the place of such a line, and stands alone without one', async () => {
    const { output, said } = anOutput({});
    output.progressBegins();
    output.note('one');
    output.progressEnds(true);
    output.note('two');
    await setImmediate();
    expect(said()).toBe('\r\u001b[Kone\n\r\u001b[Ktwo\n');
  });
});

describe('work with progress', () => {
  it('gives its value, and its error as it is', async () => {
    const context = anOutput({});
    await expect(withProgress(context, 'adding', () => 1 + 1)).resolves.toBe(2);
    const failing = withProgress(context, 'failing', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(context.said()).toBe('');
  });
});
