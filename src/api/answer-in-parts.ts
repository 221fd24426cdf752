// A long list as the text of an answer, part by part: writing it as one text would keep
// all other callers, and starts that are due, waiting.
import { breathe } from '../system/breathe.ts';

/** Writing so many takes a few milliseconds. */
export const itemsAtOnce = 500;

/** The texts together are what JSON makes of `{ success: true, data: { [key]: items } }`. */
export async function* answerInParts(
  key: string,
  items: readonly unknown[],
): AsyncGenerator<string, void, void> {
  yield `{"success":true,"data":{${JSON.stringify(key)}:[`;
  for (let from = 0; from < items.length; from += itemsAtOnce) {
    if (from > 0) await breathe();
    const part = JSON.stringify(items.slice(from, from + itemsAtOnce)).slice(1, -1);
    yield from > 0 ? `,${part}` : part;
  }
  yield ']}}';
}
