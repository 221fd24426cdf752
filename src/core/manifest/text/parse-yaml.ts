// Text to a YAML document, with the depth bounded while tokens are read: the
// composer recurses, so it never sees a nesting that could exhaust the stack.
import { Composer, type Document, Lexer, Parser, type CST, type YAMLError } from 'yaml';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/registry.ts';
import type { Positions } from './positions.ts';
import { syntaxDiagnostics } from './syntax-diagnostics.ts';

const depthMax = 32;

interface ParsedYaml {
  /** Null when there is no content or the text could not be composed at all. */
  readonly document: Document.Parsed | null;
  readonly diagnostics: readonly Diagnostic[];
}

type Tokens =
  | { readonly kind: 'tokens'; readonly tokens: readonly CST.Token[] }
  | { readonly kind: 'too-deep'; readonly offset: number };

function nestingOf(parser: Parser): number {
  let depth = 0;
  for (const token of parser.stack) {
    if (token.type === 'block-map' || token.type === 'block-seq') depth += 1;
    else if (token.type === 'flow-collection') depth += 1;
  }
  return depth;
}

function tokenise(text: string): Tokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > depthMax && nestingOf(parser) > depthMax) {
      return { kind: 'too-deep', offset: parser.offset };
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return { kind: 'tokens', tokens };
}

function structureProblems(
  documents: readonly Document.Parsed[],
  text: string,
  positions: Positions,
  file: string,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const directive = /^%[^\n]*/m.exec(text);
  const first = documents[0];
  // Directives stand before the first document's content.
  if (directive !== null && first !== undefined && directive.index < (first.range[0] ?? 0)) {
    found.push(
      diagnostic('JM2-M107', {
        file,
        detail:
          'A manifest is YAML 1.2 without directives. The last good revision, if any, stays in force.',
        range: positions.range(directive.index, directive.index + directive[0].length),
      }),
    );
  }
  const second = documents[1];
  if (second !== undefined) {
    const start = Math.max(0, text.lastIndexOf('---', second.range[0]));
    found.push(
      diagnostic('JM2-M106', {
        file,
        detail:
          'A second document begins here; it is not clear which of them is meant. The last good revision, if any, stays in force.',
        range: positions.range(start, start + 3),
        label: 'a second document',
      }),
    );
  }
  return found;
}

/** Never throws: whatever the parser makes of hostile text becomes a diagnostic. */
export function parseYaml(text: string, positions: Positions, file: string): ParsedYaml {
  try {
    const read = tokenise(text);
    if (read.kind === 'too-deep') {
      const problem = diagnostic('JM2-M104', {
        file,
        detail: `Values are nested more than ${depthMax} levels deep here. The last good revision, if any, stays in force.`,
        range: positions.range(read.offset, read.offset + 1),
      });
      return { document: null, diagnostics: [problem] };
    }
    const composer = new Composer({ uniqueKeys: false, stringKeys: true, prettyErrors: false });
    const documents = [...composer.compose(read.tokens, false, text.length)] as Document.Parsed[];
    const errors: YAMLError[] = documents.flatMap((document) => document.errors);
    const diagnostics = [
      ...structureProblems(documents, text, positions, file),
      ...syntaxDiagnostics(errors, text, positions, file),
    ];
    return { document: documents[0] ?? null, diagnostics };
  } catch (error) {
    const problem = diagnostic('JM2-M111', {
      file,
      detail: `The text cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}. The last good revision, if any, stays in force.`,
    });
    return { document: null, diagnostics: [problem] };
  }
}
