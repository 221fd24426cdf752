// All manifests that the repository has: fixtures, good and bad, and examples.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function manifestTexts(): { readonly name: string; readonly text: string }[] {
  return ['test/fixtures/manifests', 'examples'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
  );
}
