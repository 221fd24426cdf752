import { describe, expect, it } from 'vitest';
import { operationalError } from '../../src/core/diagnostics/registry.ts';
import { errorText } from '../../src/cli/views/error.ts';
import { foldedPage, hanging } from '../../src/cli/views/wrapped.ts';
import { aTerminal } from '../support/terminal.ts';

const narrow = aTerminal({ width: 24 });

describe('text behind a label', () => {
  it('goes on under its beginning', () => {
    expect(hanging('  retry: ', '{limit: 3, delay: 30s}', aTerminal({ width: 30 }))).toBe(
      ['  retry: {limit: 3, delay:', '         30s}'].join('\n'),
    );
  });

  it('stands below the label where a word of it would not fit beside it', () => {
    expect(hanging('04:14:34  started    ', 'a-long-name  manual', narrow)).toBe(
      ['04:14:34  started', '  a-long-name  manual'].join('\n'),
    );
  });

  it('stays one line in a pipe', () => {
    expect(hanging('note: ', 'word '.repeat(50).trim(), aTerminal())).not.toContain('\n');
  });
});

describe('a page', () => {
  it('breaks its sentences and list entries, and leaves code alone', () => {
    const page =
      '# Title\n\nOne two three four five six.\n- one two three four five\n\n```sh\njm2 explain JM2-M201 --json\n```';
    expect(foldedPage(page, narrow).split('\n')).toEqual([
      '# Title',
      '',
      'One two three four five',
      'six.',
      '- one two three four',
      '  five',
      '',
      '```sh',
      'jm2 explain JM2-M201 --json',
      '```',
    ]);
  });
});

describe('an error on a narrow terminal', () => {
  const error = operationalError('JM2-C107', {
    detail: 'There is no such directory here.\n    /a/path that stays whole',
    hint: 'jm2 init --dir elsewhere',
  });

  it('breaks sentences between words, and leaves whole what is to be copied', () => {
    const [, , ...lines] = errorText(error, narrow).split('\n');
    expect(lines).toEqual([
      '  There is no such',
      '  directory here.',
      '      /a/path that stays whole',
      '',
      '      jm2 init --dir elsewhere',
      '',
    ]);
  });
});
