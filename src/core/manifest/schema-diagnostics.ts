// What the validator found, said for people: which field, what was expected,
// what was perhaps meant. Places and order are the reporter's.
import { badDuration } from './bad-duration.ts';
import { durationPattern } from '../schedule/parse-duration.ts';
import { fieldNames } from './generated/field-names.ts';
import { fieldSynonyms } from './field-synonyms.ts';
import type { Mended } from './mended-scalar.ts';
import { nearestWord } from './nearest-word.ts';
import { fieldPhrase, segment, valueAt } from './pointer.ts';
import type { Report } from './reporter.ts';
import type { SchemaFault } from './schema-faults.ts';
import {
  namePattern,
  sizePattern,
  umaskPattern,
  userPattern,
  variablePattern,
} from './schema/patterns.ts';

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'nothing',
};

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'true or false' : 'a number';
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

function unknownKey(fault: SchemaFault, root: unknown): Report {
  const key = String(fault.params['additionalProperty']);
  const known = fieldNames[fault.schemaPath.replace(/\/additionalProperties$/, '')] ?? [];
  const synonym = fieldSynonyms[key.toLowerCase().replaceAll('-', '_')];
  const near = synonym !== undefined && known.includes(synonym) ? synonym : nearestWord(key, known);
  const where = fault.instancePath === '' ? 'the manifest' : fieldPhrase(fault.instancePath);
  const isTopLevel = fault.instancePath === '/defaults' && ['env', 'timezone'].includes(key);
  let hint = `Known here: ${known.join(', ')}.`;
  if (near !== null) hint = `Write "${near}" instead.`;
  if (isTopLevel)
    hint = `Write "${key}" at the top level of the manifest: it holds for every job there.`;
  // A key that is there already would only be given twice.
  const isFree = near !== null && valueAt(root, fault.instancePath + segment(near)) === undefined;
  return {
    code: 'JM2-M201',
    pointer: fault.instancePath + segment(key),
    atKey: true,
    mended: isFree && !isTopLevel ? { text: near } : null,
    detail: `"${key}" is not a field of ${where}.`,
    label: isTopLevel || near === null ? 'unknown' : `did you mean "${near}"?`,
    hint,
  };
}

function missingKey(fault: SchemaFault): Report {
  const key = String(fault.params['missingProperty']);
  return {
    code: 'JM2-M202',
    pointer: fault.instancePath,
    atKey: true,
    detail: `${capital(fieldPhrase(fault.instancePath))} has no "${key}".`,
    label: `"${key}" is missing`,
    hint: key === 'version' ? 'Write `version: 1` in the first line.' : `Add \`${key}:\`.`,
  };
}

const umaskHint = 'Write it in quotes, for example "027".';
const durationFields = /\/(?:timeout|cpu_time|grace|delay|max_delay|window|jitter|every)$/;

function typeHint(expected: readonly string[], value: unknown, pointer: string): string | null {
  if (expected.includes('boolean') && typeof value === 'string') {
    return /^(?:y|yes|on|true)$/i.test(value)
      ? 'Write true.'
      : /^(?:n|no|off|false)$/i.test(value)
        ? 'Write false.'
        : 'Write true or false.';
  }
  if (value === null) return 'Write a value behind the colon, or remove the key.';
  // Its digits are octal, and the number is not: 027 would come back as 27.
  if (pointer.endsWith('/umask')) return umaskHint;
  if (typeof value === 'number' && expected.includes('string')) {
    return durationFields.test(pointer)
      ? `Write ${value}s, or another unit: ms s m h d w.`
      : `Write "${value}", in quotes.`;
  }
  if (typeof value === 'boolean' && expected.includes('string'))
    return `Write "${String(value)}", in quotes.`;
  if (typeof value === 'string' && expected.includes('integer') && /^-?\d+$/.test(value)) {
    return `Write ${value} without quotes.`;
  }
  return null;
}

/** Of the hints above those that leave no choice. */
function mendedType(expected: readonly string[], value: unknown, pointer: string): Mended | null {
  if (expected.includes('boolean') && typeof value === 'string') {
    if (/^(?:y|yes|on|true)$/i.test(value)) return { yaml: 'true' };
    return /^(?:n|no|off|false)$/i.test(value) ? { yaml: 'false' } : null;
  }
  if (expected.includes('integer') && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
    return { yaml: String(Number(value)) };
  }
  const isUnclear = pointer.endsWith('/umask') || durationFields.test(pointer);
  if (!expected.includes('string') || isUnclear) return null;
  const isTold = typeof value === 'boolean' || Number.isSafeInteger(value);
  return isTold ? { text: String(value) } : null;
}

function wrongVersion(fault: SchemaFault, root: unknown): Report {
  return {
    code: 'JM2-M207',
    pointer: fault.instancePath,
    mended: valueAt(root, fault.instancePath) === '1' ? { yaml: '1' } : null,
    detail: 'This jm2 reads manifests of version 1, written as a number.',
    label: 'expected 1',
  };
}

function wrongType(fault: SchemaFault, root: unknown): Report {
  const value = valueAt(root, fault.instancePath);
  const expected = [fault.params['type'] ?? []].flat().map(String);
  const isDuration = durationFields.test(fault.instancePath) && expected.join('') === 'string';
  const words = isDuration
    ? 'a duration such as 90s'
    : listed(expected.map((type) => typeWords[type] ?? type));
  if (fault.instancePath === '/jobs') {
    return {
      code: 'JM2-M208',
      pointer: '/jobs',
      atKey: true,
      detail: `"jobs" holds ${kindOf(value)}, not a map of jobs.`,
      label: `${kindOf(value)}, not a map`,
    };
  }
  if (fault.instancePath === '/version') return wrongVersion(fault, root);
  return {
    code: 'JM2-M203',
    pointer: fault.instancePath,
    detail: `${capital(fieldPhrase(fault.instancePath))} takes ${words}, and this is ${kindOf(value)}.`,
    label: `expected ${words}`,
    hint: typeHint(expected, value, fault.instancePath),
    mended: mendedType(expected, value, fault.instancePath),
  };
}

function wrongWord(fault: SchemaFault, root: unknown): Report {
  const value = String(valueAt(root, fault.instancePath));
  const allowed = (fault.params['allowedValues'] as readonly unknown[]).map(String);
  const near = nearestWord(value, allowed);
  return {
    code: 'JM2-M204',
    pointer: fault.instancePath,
    detail: `${capital(fieldPhrase(fault.instancePath))} takes ${listed(allowed)}.`,
    label: near === null ? `not one of ${allowed.join(', ')}` : `did you mean ${near}?`,
    hint: near === null ? `Write one of ${allowed.join(', ')}.` : `Write ${near}.`,
    mended: near === null ? null : { text: near },
  };
}

function suggestedName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63);
  return plain === '' ? '' : ` such as "${plain}"`;
}

function badName(fault: SchemaFault, name: string, pointer: string, atKey: boolean): Report {
  if (fault.params['pattern'] === variablePattern) {
    return {
      code: 'JM2-M304',
      pointer,
      atKey,
      detail: `"${name}" cannot be the name of a variable.`,
      label: 'not a variable name',
    };
  }
  return {
    code: 'JM2-M209',
    pointer,
    atKey,
    detail: `"${name.slice(0, 80)}" is not a name.`,
    label: 'not a name',
    hint: `Choose a name of lower-case letters, digits, dot, underscore and hyphen${suggestedName(name)}.`,
  };
}

function wrongForm(fault: SchemaFault, root: unknown): Report {
  const pointer = fault.instancePath;
  if (fault.propertyName !== undefined) {
    return badName(fault, fault.propertyName, pointer + segment(fault.propertyName), true);
  }
  const text = String(valueAt(root, pointer));
  const phrase = capital(fieldPhrase(pointer));
  switch (fault.params['pattern']) {
    case durationPattern:
      return badDuration(pointer, text);
    case namePattern:
      return badName(fault, text, pointer, false);
    case sizePattern:
      return {
        code: 'JM2-M205',
        pointer,
        detail: `${phrase} takes a whole number with a unit of bytes.`,
        label: 'not a size',
        hint: 'Write for example 512KiB, 10MB or 1GB.',
      };
    case variablePattern:
      return badName(fault, text, pointer, false);
    case umaskPattern:
      return {
        code: 'JM2-M205',
        pointer,
        detail: `${phrase} takes three octal digits.`,
        label: 'not a mask',
        hint: umaskHint,
      };
    case userPattern:
      return {
        code: 'JM2-M205',
        pointer,
        detail: `${phrase} takes the name of an account.`,
        label: 'not an account name',
        hint: 'Write the name of an account, such as www-data.',
      };
    default:
      return {
        code: 'JM2-M205',
        pointer,
        detail: `${phrase} takes text, and this has no visible character.`,
        label: 'empty',
        hint: 'Write a text, or remove the key.',
      };
  }
}

function boundPhrase(fault: SchemaFault): string {
  const limit = String(fault.params['limit']);
  switch (fault.keyword) {
    case 'minimum':
      return `must be ${limit} or more`;
    case 'maximum':
      return `must be ${limit} or less`;
    case 'minItems':
      return `must have at least ${limit} entry`;
    case 'maxItems':
    case 'maxProperties':
      return `must have at most ${limit} entries`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    case 'uniqueItems': {
      const [first, second] = [fault.params['i'], fault.params['j']]
        .map((index) => Number(index) + 1)
        .toSorted((a, b) => a - b);
      return `must not repeat an entry (entries ${first} and ${second})`;
    }
    default:
      return 'does not fit';
  }
}

/** The one report for a reduced fault. */
export function schemaReport(fault: SchemaFault, root: unknown): Report {
  switch (fault.keyword) {
    case 'additionalProperties':
      return unknownKey(fault, root);
    case 'required':
      return missingKey(fault);
    case 'type':
      return wrongType(fault, root);
    case 'enum':
      return wrongWord(fault, root);
    case 'const':
      return wrongVersion(fault, root);
    case 'pattern':
      return wrongForm(fault, root);
    default: {
      const phrase = boundPhrase(fault);
      return {
        code: 'JM2-M206',
        pointer: fault.instancePath,
        detail: `${capital(fieldPhrase(fault.instancePath))} ${phrase}.`,
        label: phrase,
        hint: null,
      };
    }
  }
}
