// A requester's own key, by which a request that is sent again starts nothing twice.
import type { Input } from './input.ts';
import { wrongValue } from './usage-errors.ts';

export function requestKey(input: Input): string | null {
  const text = input.text('requestId');
  if (text === null || /^[\x21-\x7e]{1,100}$/.test(text)) return text;
  throw wrongValue(
    `--request-id got ${JSON.stringify(text)}, which is no key.`,
    'Give 1 to 100 visible characters without blanks, such as what uuidgen prints.',
  );
}
