// The canonical form of a manifest: an indentation of two, at most one blank
// line in a row, nothing behind the end of a line. Comments, order and quotes stay.
import { Lexer } from 'yaml';
import { findJobs } from './find-jobs.ts';

export type FormattedManifest =
  | { readonly ok: true; readonly text: string }
  /** A sentence on why the text was left as it is. */
  | { readonly ok: false; readonly problem: string };

/** The result formats to itself. */
export function formatManifest(text: string): FormattedManifest {
  const { document } = findJobs(text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n'));
  if (document.errors.length > 0) return { ok: false, problem: 'the file is not valid YAML' };
  if (document.contents === null) return { ok: false, problem: 'the file has no content' };
  // A width would fold the lines of commands.
  const formatted = document.toString({ lineWidth: 0, indent: 2, flowCollectionPadding: false });
  const before = commentsOf(text);
  const after = commentsOf(formatted);
  // The writer puts a few comments nowhere, such as one before an end mark.
  const lost = before.find((comment, at) => comment.text !== after[at]?.text);
  if (lost !== undefined || before.length !== after.length) {
    const which = lost?.text ?? after.at(-1)?.text ?? '';
    return { ok: false, problem: `the comment "${which}" would be lost` };
  }
  return { ok: true, text: withBlankLines(formatted, before, after) };
}

interface Comment {
  readonly text: string;
  /** Of its line, from 0. */
  readonly line: number;
  /** It has a line of its own, and the one above is blank. */
  readonly stoodApart: boolean;
}

/** The writer knows blank lines before entries; those before a comment at an end it forgets. */
function withBlankLines(
  text: string,
  before: readonly Comment[],
  after: readonly Comment[],
): string {
  const missing = new Set(
    after
      .filter(({ stoodApart }, at) => !stoodApart && before[at]?.stoodApart === true)
      .map(({ line }) => line),
  );
  if (missing.size === 0) return text;
  return text
    .split('\n')
    .flatMap((line, at) => (missing.has(at) ? ['', line] : [line]))
    .join('\n');
}

function commentsOf(text: string): readonly Comment[] {
  const lines = text.split('\n');
  const comments: Comment[] = [];
  let line = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('#')) {
      const isAlone = lines[line]?.trimStart().startsWith('#') === true;
      const stoodApart = isAlone && line > 0 && lines[line - 1]?.trim() === '';
      comments.push({ text: lexeme.trimEnd(), line, stoodApart });
    }
    line += lexeme.split('\n').length - 1;
  }
  return comments;
}
