// How a value is written that a command puts into a manifest: in the style of
// the documentation, quoted where YAML needs it. Where it goes is left to others.
import { Document, isCollection, isMap, isScalar, visit } from 'yaml';

/** Fields come in this order, others behind them as given. */
const firstFields = ['description', 'schedule', 'command'];
/** A map that is longer than this is written one key per line. */
const flowEntriesMax = 4;

/** Lines of `key: value`, not indented. */
export function renderField(key: string, value: unknown, step: number): string[] {
  const document = new Document({ [key]: value });
  visit(document, {
    Collection(_at, node, path) {
      if (path.length <= 1) return;
      const isWide = isMap(node) && (key === 'env' || node.items.length > flowEntriesMax);
      node.flow = !isWide;
      if (node.flow) return visit.SKIP;
      return undefined;
    },
    Scalar(at, node) {
      if (at !== 'key' && isCronLike(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return linesOf(document, step);
}

/** Lines of a job below its name, not indented. */
export function renderFields(fields: Readonly<Record<string, unknown>>, step: number): string[] {
  const names = Object.keys(fields).toSorted((a, b) => rank(a) - rank(b));
  return names.flatMap((name) => renderField(name, fields[name], step));
}

/** One line of text that replaces a scalar, quoted as that one was where it can be. */
export function renderScalar(value: unknown, before: unknown): string | null {
  if (typeof value === 'object' && value !== null) return null;
  const document = new Document(value);
  const { contents } = document;
  if (isScalar(contents) && typeof value === 'string') {
    const kept = isScalar(before) ? before.type : undefined;
    if (kept === 'QUOTE_DOUBLE' || kept === 'QUOTE_SINGLE') contents.type = kept;
    else if (isCronLike(value)) contents.type = 'QUOTE_DOUBLE';
  }
  const lines = linesOf(document, 2);
  return lines.length === 1 ? (lines[0] ?? null) : null;
}

/** For places in braces or brackets: as JSON in a file that is JSON, else with quotes where YAML needs them. */
export function renderFlow(value: unknown, isJson: boolean): string {
  if (isJson) return JSON.stringify(value);
  const document = new Document([value]);
  visit(document, {
    Collection(_at, node) {
      node.flow = true;
    },
    Scalar(at, node) {
      if (at !== 'key' && isCronLike(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  const lines = linesOf(document, 2);
  return lines.length === 1 ? (lines[0] ?? '').slice(1, -1) : JSON.stringify(value);
}

export function indented(lines: readonly string[], indent: number): string[] {
  const blanks = ' '.repeat(indent);
  return lines.map((line) => (line === '' ? '' : `${blanks}${line}`));
}

function linesOf(document: Document, step: number): string[] {
  const text = document.toString({ lineWidth: 0, indent: step, flowCollectionPadding: false });
  return text.replace(/\n$/, '').split('\n');
}

function rank(name: string): number {
  const at = firstFields.indexOf(name);
  return at === -1 ? firstFields.length : at;
}

/** Five or six fields: legal without quotes most of the time, and read wrongly all the time. */
function isCronLike(value: unknown): boolean {
  return typeof value === 'string' && /^[\d*@H][\w*,/#?()+@-]*( [\w*,/#?()+@-]+){0,5}$/.test(value)
    ? value.includes(' ') || /^[*@]/.test(value)
    : false;
}

/** True where a collection is written in braces or brackets. */
export function isFlow(node: unknown): boolean {
  return isCollection(node) && node.flow === true;
}
