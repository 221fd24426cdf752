import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
import type { Diagnostic } from '../../src/core/diagnostics/diagnostic.ts';
import { renderDiagnostic, withoutColour } from '../../src/core/diagnostics/render.ts';
import { loadManifest } from '../../src/core/manifest/load-manifest.ts';
import { sha256 } from '../../src/system/digest.ts';

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  .concat(readdirSync('docs').map((name) => join('docs', name)))
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(name, 'utf8') }));

describe.each(pages)('$name', ({ name, text }) => {
  it('has manifests that are accepted', () => {
    const manifests = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)]
      .map((match) => match[1] ?? '')
      .filter((block) => /^version: 1$/m.test(block));
    for (const block of manifests) {
      const { diagnostics } = loadManifest(block, { file: name, digest: sha256 });
      expect(diagnostics, block).toEqual([]);
    }
  });

  it('names only commands that exist', () => {
    const known = new Set(commandTable.map((command) => command.name));
    const named = [...text.matchAll(/(?:^\$ |`)jm2 ([a-z]+(?:-[a-z]+)*)/gm)].map(
      (match) => match[1] ?? '',
    );
    expect(named.filter((command) => !known.has(command))).toEqual([]);
  });

  it('links only to files that are there', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    const base = join(name, '..');
    const missing = targets.filter((target) => {
      const path = join(base, target);
      try {
        return readdirSync(join(path, '..')).includes(path.split('/').at(-1) ?? '') === false;
      } catch {
        return true;
      }
    });
    expect(missing).toEqual([]);
  });
});

it('a wrong hour is told the way the README shows it', () => {
  const text = readFileSync('README.md', 'utf8');
  const manifest =
    'version: 1\njobs:\n  invoices:\n    schedule: "0 25 * * *"\n    command: ./invoices.sh\n';
  const [diagnostic] = loadManifest(manifest, { file: 'jobs.yaml', digest: sha256 }).diagnostics;
  expect(diagnostic).toBeDefined();
  const shown = renderDiagnostic(diagnostic as Diagnostic, {
    source: manifest,
    colour: withoutColour,
    docs: true,
  });
  expect(text).toContain(shown.trim());
});
