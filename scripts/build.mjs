// Bundles src into dist: one entry per process kind, code split so that a
// command loads only what it uses. Fails on any error; prints nothing else.
// `--measured <folder>` builds the same program for tests that measure which
// lines processes execute: into that folder, with source maps beside it.
import { build } from 'esbuild';
import { chmod, readFile, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { measured: { type: 'string' } } });
const measured = values.measured !== undefined;
const outdir = values.measured ?? 'dist';

/** `const { a: b } = …` where an import says `{ a as b }`; what stands on several lines stays there. */
const namesOf = (clause) =>
  clause
    .replace(/^\*\s+as\s+/, '')
    .replaceAll(/\btype\s+\w+,?/g, '')
    .replaceAll(/\s+as\s+/g, ': ');

// Node's own modules as the objects they are. Importing one as an ES module asks each
// of its getters, which opens the standard streams and loads a dozen further modules
// before anybody needs them: a tenth of a short command's time.
const plainBuiltins = {
  name: 'plain-builtins',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replaceAll(
        /^import (?!type\b)([^'";]+) from '(node:(?!sqlite)[\w/]+)';/gm,
        (_all, clause, name) =>
          `const ${namesOf(clause)} = globalThis.process.getBuiltinModule('${name}');`,
      );
      return { contents, loader: 'ts' };
    });
    // Packages that import the global.
    onResolve({ filter: /^node:process$/ }, () => ({ path: 'process', namespace: 'global' }));
    onLoad({ filter: /./, namespace: 'global' }, () => ({
      contents: 'module.exports = globalThis.process;',
    }));
  },
};

// commander loads it for programs that consist of several; jm2 is one.
const withoutChildProcess = {
  name: 'without-child-process',
  setup({ onLoad }) {
    onLoad({ filter: /commander[\\/]lib[\\/]command\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace("require('node:child_process')", '{}'),
      loader: 'js',
    }));
  },
};

const quickParts =
  /[\\/](commands[\\/](?:list|status)|load-settings|discover-manifest|api[\\/]client)\.ts$/;

// For src/cli/quick.ts: an error's texts and whatever is loaded when needed are left out
// but for these parts. Asking for anything else throws, and the whole program answers.
const onlyQuick = {
  name: 'only-quick',
  setup({ onLoad, onResolve }) {
    const leftOut = (path) => ({ path, namespace: 'left-out' });
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' && !quickParts.test(path) ? leftOut('module') : null,
    );
    onResolve({ filter: /diagnostics[\\/]registry\.ts$/ }, () => leftOut('registry'));
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({
      contents:
        path === 'registry'
          ? 'module.exports = {};'
          : "throw new Error('not in the quick part of jm2');",
      // As CommonJS: what is not there is undefined when it is called, and no earlier.
      loader: 'js',
    }));
  },
};

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
await rm(outdir, { recursive: true, force: true });
const common = {
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external: ['@photostructure/sqlite', 'typescript', 'node:sqlite'],
  loader: { '.json': 'json' },
  // Names stay, so that a stack trace can be read; blanks only cost start-up time.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'linked',
  // Not named in the program's files: node would load them in every process.
  sourcemap: measured ? 'external' : false,
  sourcesContent: false,
  logLevel: 'error',
};
await Promise.all([
  build({
    ...common,
    entryPoints: {
      jm2: 'src/cli/main.ts',
      launcher: 'src/executor/launcher/main.ts',
      'progress-thread': 'src/cli/progress-thread.ts',
      'manifest-worker': 'src/reconciler/manifest-worker.ts',
    },
    plugins: [plainBuiltins, withoutChildProcess],
    splitting: true,
    format: 'esm',
    chunkNames: 'chunks/[name]-[hash]',
    // Some CommonJS packages ask for their own path.
    define: {
      JM2_VERSION: JSON.stringify(version),
      JM2_QUICK: JSON.stringify('./quick.cjs'),
      __filename: 'import.meta.filename',
    },
    // CommonJS packages inside an ES module bundle still call require().
    banner: {
      js: "import { createRequire as jm2CreateRequire } from 'node:module'; const require = jm2CreateRequire(import.meta.url);",
    },
  }),
  // One file in Node's older form, which it reads and links in a fraction of the time.
  build({
    ...common,
    entryPoints: { quick: 'src/cli/quick.ts' },
    plugins: [withoutChildProcess, onlyQuick],
    format: 'cjs',
    // Nobody sees a stack of it: the whole program is asked again after any error.
    minifyIdentifiers: true,
    outExtension: { '.js': '.cjs' },
    define: { JM2_VERSION: JSON.stringify(version), JM2_SIGN_OF_LIFE_MS: '500' },
  }),
]);
await chmod(`${outdir}/jm2.js`, 0o755);
