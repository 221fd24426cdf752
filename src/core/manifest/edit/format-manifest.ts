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
  const lost = before.find((comment, at) => comment !== after[at]);
  if (lost !== undefined || before.length !== after.length) {
    return { ok: false, problem: `the comment "${lost ?? after.at(-1) ?? ''}" would be lost` };
  }
  return { ok: true, text: formatted };
}

function commentsOf(text: string): string[] {
  return [...new Lexer().lex(text)]
    .filter((lexeme) => lexeme.startsWith('#'))
    .map((comment) => comment.trimEnd());
}
