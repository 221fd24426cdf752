// What a quick command loads, read from a bundle's own list of imports: start-up is
// most of what `jm2 list` takes, and a library slips in by one line at the top of a file.
import { build } from 'esbuild';
import type { Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

/** What `jm2 list` asks for while its daemon runs, beside what these import. */
const onTheWay = [
  'src/cli/main.ts',
  'src/cli/program.ts',
  'src/cli/commands/list.ts',
  'src/settings/load-settings.ts',
  'src/settings/discover-manifest.ts',
  'src/api/client.ts',
];

let outputs: Metafile['outputs'];

beforeAll(async () => {
  const { metafile } = await build({
    entryPoints: ['src/cli/main.ts'],
    outdir: 'out',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  outputs = metafile.outputs;
});

/** Files and packages that are loaded before the first line of these runs. */
function loadedBy(sources: readonly string[]): ReadonlySet<string> {
  const entries = Object.entries(outputs);
  const waiting = entries.filter(([, { entryPoint }]) => sources.includes(entryPoint ?? ''));
  const loaded = new Set<string>();
  for (let at = 0; at < waiting.length; at += 1) {
    const [path, { imports, inputs }] = waiting[at] as (typeof waiting)[number];
    if (loaded.has(path)) continue;
    loaded.add(path);
    for (const input of Object.keys(inputs)) loaded.add(input);
    for (const { path: wanted, kind, external } of imports) {
      if (kind !== 'import-statement') continue;
      if (external === true) loaded.add(wanted);
      else waiting.push(...entries.filter(([name]) => name === wanted));
    }
  }
  return loaded;
}

describe('jm2 list', () => {
  it('loads no more than what reads options and what guesses a misspelled one', () => {
    const packages = [...loadedBy(onTheWay)].filter((name) => !/^(src\/|out\/|node:)/.test(name));
    expect(packages.toSorted()).toEqual(['commander', 'leven']);
  });

  it('does not import the module of HTTP, whose getters bring a WebSocket client along', () => {
    expect(loadedBy(onTheWay)).not.toContain('node:http');
  });

  it('loads no part of the daemon, and nothing that reads a manifest', () => {
    const others = [...loadedBy(onTheWay)].filter((name) =>
      /src\/(core\/manifest\/generated|store|daemon|reconciler|scheduler)\//.test(name),
    );
    expect(others).toEqual([]);
  });
});

describe('a question to the daemon', () => {
  const asking = ['cancel', 'history', 'logs', 'pause', 'queue', 'resume', 'run', 'show', 'stats'];
  it.each([...asking, 'status', 'wait', 'watch', 'why'])('jm2 %s reads no manifest', (name) => {
    const loaded = loadedBy([...onTheWay, `src/cli/commands/${name}.ts`]);
    expect([...loaded].filter((file) => /manifest\/generated|^(yaml|croner)$/.test(file))).toEqual(
      [],
    );
  });
});

describe('jm2 --version', () => {
  it('loads the entry alone', () => {
    const files = [...loadedBy(['src/cli/main.ts'])].filter((name) => name.startsWith('src/'));
    expect(files).toEqual(['src/cli/main.ts']);
  });
});
