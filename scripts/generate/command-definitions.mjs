// The definitions of all commands and settings, as the program itself has them.
import { build } from 'esbuild';
import { pathToFileURL } from 'node:url';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Bundled into files, not memory: commands load further modules when they are imported. */
export async function commandDefinitions() {
  const outdir = resolve('node_modules/.cache/jm2-cli-reference');
  await build({
    entryPoints: {
      table: 'src/cli/command-table.ts',
      settings: 'src/settings/settings-schema.ts',
      words: 'src/cli/call-words.ts',
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['@photostructure/sqlite', 'typescript', 'node:sqlite'],
    banner: {
      js: "import { createRequire as jm2CreateRequire } from 'node:module'; const require = jm2CreateRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  try {
    const { commandTable } = await import(pathToFileURL(`${outdir}/table.mjs`).href);
    const { settingsSchema } = await import(pathToFileURL(`${outdir}/settings.mjs`).href);
    const commands = [];
    for (const entry of commandTable) {
      commands.push({ group: entry.group, ...(await entry.load()) });
    }
    const { globalOptions } = await import(pathToFileURL(`${outdir}/words.mjs`).href);
    return { commands, settingsSchema, globalOptions };
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
