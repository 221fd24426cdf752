// Makes everything that follows from the typebox modules and the error register:
// the published schemas of the manifest and of answers, the validator, the type
// of the manifest as written, the references of fields and of the command line,
// the manual page, the pages of errors and hazards, and the plots of the bench. `--check`
// compares instead of writing and ends with 1, naming the files that are stale.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { benchPlots } from './generate/bench-plots.mjs';
import { cliReference } from './generate/cli-reference.mjs';
import { commandDefinitions } from './generate/command-definitions.mjs';
import { errorPages } from './generate/error-pages.mjs';
import { fieldNames } from './generate/field-names.mjs';
import { fieldReference } from './generate/field-reference.mjs';
import { hazardReference } from './generate/hazard-reference.mjs';
import { loadTypescript } from './generate/load-typescript.mjs';
import { manualPage } from './generate/manual-page.mjs';
import { outputSchemas } from './generate/output-schemas.mjs';
import { publishedSchema } from './generate/published-schema.mjs';
import { validatorFiles } from './generate/validator.mjs';
import { writtenType } from './generate/written-type.mjs';

const { manifestSchema } = await loadTypescript('src/core/manifest/schema-source.ts');
const { registryEntries } = await loadTypescript('src/core/diagnostics/registry.ts');
const answers = await loadTypescript('src/cli/answers/answers.ts');
const { explainPage } = await loadTypescript('src/core/diagnostics/explain-page.ts');

const { hazardEntries, hazardPage } = await loadTypescript('src/core/plan/hazard-register.ts');

const definitions = await commandDefinitions();
const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const changelog = await readFile('CHANGELOG.md', 'utf8');

const schema = publishedSchema(manifestSchema);
const generatedDir = 'src/core/manifest/generated';
/** @type {Map<string, string>} */
const files = new Map([
  ['schema/jobs.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
  ...(await validatorFiles(schema, generatedDir)),
  [`${generatedDir}/written-manifest.ts`, writtenType(schema)],
  [`${generatedDir}/field-names.ts`, fieldNames(schema)],
  ['docs/manifest.md', fieldReference(schema)],
  ['docs/cli.md', cliReference(definitions)],
  ['man/jm2.1', manualPage(definitions, { version, changelog })],
  ...benchPlots(JSON.parse(await readFile('bench/results.json', 'utf8'))),
  ['docs/hazards.md', hazardReference(hazardEntries, hazardPage)],
  ...outputSchemas(answers),
  ...errorPages(registryEntries, explainPage),
]);

const isCheck = process.argv.includes('--check');
const stale = [];
for (const [path, content] of files) {
  const present = await readFile(path, 'utf8').catch(() => null);
  if (present === content) continue;
  stale.push(path);
  if (isCheck) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

// Pages of codes, and schemas of commands, that no longer exist.
for (const folder of ['docs/errors', 'schema/output']) {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (files.has(path)) continue;
    stale.push(path);
    if (!isCheck) await rm(path);
  }
}

for (const path of stale) console.log(`${isCheck ? 'stale' : 'written'}: ${path}`);
if (isCheck && stale.length > 0) {
  console.log('Run `npm run generate` and commit the result.');
  process.exitCode = 1;
}
