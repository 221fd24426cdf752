import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskText, spellingsOf } from '../../../src/core/manifest/masking.ts';

const hide = (text: string, ...values: string[]): string =>
  maskText(text, values.flatMap(spellingsOf));
const secret = 'correct horse/7?';

describe('a secret value', () => {
  test.each([
    ['as it is', `a ${secret} b`, 'a *** b'],
    ['twice', `${secret}${secret}`, '******'],
    ['in a URL', 'u:correct%20horse%2F7%3F@h', 'u:***@h'],
    ['in a URL in lower case', 'correct%20horse%2f7%3f', '***'],
    ['in a form', 'p=correct+horse%2F7%3F&x=1', 'p=***&x=1'],
    ['in base64', Buffer.from(secret).toString('base64'), '***'],
    ['in hexadecimal', `0x${Buffer.from(secret).toString('hex')}`, '0x***'],
    ['in capitals of it', Buffer.from(secret).toString('hex').toUpperCase(), '***'],
  ])('is hidden %s', (_how, text, shown) => {
    expect(hide(text, secret)).toBe(shown);
  });

  test.each(['', 'u', 'us', 'user:'])('is hidden in base64 behind %j', (before) => {
    const text = Buffer.from(`${before}${secret} and more`).toString('base64');
    const bits = Buffer.from(secret).toString('base64').slice(4, 12);
    expect(hide(text, secret)).toContain('***');
    expect(hide(text, secret)).not.toContain(bits);
  });

  test('is hidden line by line, as text within JSON, and each text of a JSON document', () => {
    const key = '-----BEGIN KEY-----\nabcdefgh12345678\n-----END KEY-----\n';
    expect(hide('seen: abcdefgh12345678', key)).toBe('seen: ***');
    expect(hide(JSON.stringify({ key }), key)).toBe('{"key":"***"}');
    const account = JSON.stringify({ type: 'x', inner: { private_key: 'zyxwvuts' } });
    expect(hide('got zyxwvuts', account)).toBe('got ***');
  });

  test('that is a part of another one leaves nothing of the other in sight', () => {
    expect(hide('abcdefgh-and-more', 'abcdefgh', 'abcdefgh-and-more')).toBe('***');
    expect(hide('abcdefghijkl', 'abcdefgh', 'efghijkl')).toBe('***');
  });

  test('shorter than six characters is not looked for, nor parts of one shorter than eight', () => {
    expect(['', 'true', 'debug', '12345'].flatMap(spellingsOf)).toEqual([]);
    expect(hide('port 123456', '123456')).toBe('port ***');
    const document = JSON.stringify({ kind: 'account', key: 'zyxwvuts' });
    expect(hide('an account with zyxwvuts', document)).toBe('an account with ***');
  });

  test('is never in what is shown, whatever stands around it', () => {
    const value = fc.string({ minLength: 6, maxLength: 20 });
    const around = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(value, around, around, (inner, before, after) => {
        fc.pre(!'***'.includes(inner) && !inner.includes('***'));
        expect(hide(before + inner + after, inner)).not.toContain(inner);
      }),
      { numRuns: 500 },
    );
  });
});
