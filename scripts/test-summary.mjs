// Prints one line of counts from the test report. A skipped test must state the
// platform reason in its title, as `[platform: …]`; any other skip fails.
import { readFile } from 'node:fs/promises';

const report = JSON.parse(await readFile('test-results/report.json', 'utf8'));
const tests = report.testResults.flatMap((file) =>
  file.assertionResults.map((test) => ({ ...test, file: file.name })),
);
const passed = tests.filter((test) => test.status === 'passed');
const failed = tests.filter((test) => test.status === 'failed');
const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
const unexplained = skipped.filter((test) => !/\[platform: [^\]]+\]/.test(test.fullName));
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);

for (const test of failed) console.log(`failed: ${test.fullName}`);
for (const file of brokenFiles) console.log(`did not load: ${file.name}`);
for (const test of unexplained) console.log(`skipped without a platform reason: ${test.fullName}`);
console.log(
  `${passed.length} passed, ${failed.length + brokenFiles.length} failed, ${skipped.length} skipped`,
);
const bad = failed.length + brokenFiles.length + unexplained.length;
process.exitCode = bad > 0 || passed.length === 0 ? 1 : 0;
