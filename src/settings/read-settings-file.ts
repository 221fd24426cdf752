// Keys and values of a settings file. What the values mean is decided in
// read-setting.ts; loaded only where there is such a file.
import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import type { FoundFile } from './find-upwards.ts';
import { nearest } from './read-setting.ts';
import type { SettingProblem, Written } from './setting-problem.ts';
import { settingsSchema } from './settings-schema.ts';

const fileBytesMax = 1 << 20;

/** By file key; problems are added to the list. JSON is read as the YAML it is. */
export function readSettingsFile(
  file: FoundFile,
  problems: SettingProblem[],
): Map<string, Written> {
  const values = new Map<string, Written>();
  const refuse = (key: string, source: string, problem: string): void => {
    problems.push({ key, origin: 'file', source, problem });
  };
  if (file.text === null) {
    refuse('', file.path, 'cannot be read as a file');
    return values;
  }
  if (file.text.length > fileBytesMax) {
    refuse('', file.path, 'is larger than 1 MiB');
    return values;
  }
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  for (const error of [...document.errors, ...document.warnings].slice(0, 20)) {
    refuse('', `${file.path}:${lines.linePos(error.pos[0]).line}`, error.message);
  }
  if (document.errors.length > 0 || document.contents === null) return values;
  if (!isMap(document.contents)) {
    refuse('', file.path, 'must hold keys and values, such as "sync: manual"');
    return values;
  }
  for (const { key, value } of document.contents.items.slice(0, 200)) {
    const name = isScalar(key) ? String(key.value) : '';
    const offset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    const source = `${file.path}:${lines.linePos(offset).line}`;
    const isKnown = settingsSchema.some((definition) => definition.fileKey === name);
    if (!isKnown) refuse(name, source, unknownKey(name));
    else if (!isScalar(value) || value.value === null) refuse(name, source, 'needs one value');
    else values.set(name, { value: value.value, source });
  }
  return values;
}

function unknownKey(name: string): string {
  const keys = settingsSchema.map((definition) => definition.fileKey);
  const snake = name
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    .replaceAll('-', '_');
  const near = nearest(snake, keys);
  const wayOut = near === null ? `the keys are ${keys.join(', ')}` : `did you mean "${near}"?`;
  return `unknown key; ${wayOut}`;
}
