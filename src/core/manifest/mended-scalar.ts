// How a key or a value is written that takes the place of another: in the quotes of
// that one, so that a file that is JSON stays JSON. What it should be is decided
// where the mistake is found.
import { isSurprisingText } from './text/to-value.ts';

/** Text, to be quoted as needed, or a value as YAML writes it. */
export type Mended = { readonly text: string } | { readonly yaml: string };

const plain = /^[A-Za-z_][A-Za-z0-9_]*(?:[ ./+-]+[A-Za-z0-9_]+)*$/;
const word = /^(?:true|false|null|y|n)$/i;

/** Null where what is written there cannot be replaced on its own. */
export function mendedScalar(mended: Mended, written: string): string | null {
  const mark = written.charAt(0);
  // A block of text, a tag or an anchor has more to it than its characters.
  if (/[\n]/.test(written) || /[|>&!]/.test(mark)) return null;
  if ('yaml' in mended) return mended.yaml;
  const { text } = mended;
  if (mark === '"') return JSON.stringify(text);
  if (mark === "'") return `'${text.replaceAll("'", "''")}'`;
  const isPlain = plain.test(text) && !word.test(text) && !isSurprisingText(text);
  return isPlain ? text : JSON.stringify(text);
}
