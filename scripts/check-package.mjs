// Packs the package, installs the tarball into an empty folder and uses it there
// as a newcomer would: version, init, validate, preview, one run by hand.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const unwanted = [/^src\//, /^test\//, /^bench\//, /\.ts$/, /^node_modules\//];
const wanted = [
  'dist/jm2.js',
  'dist/launcher.js',
  'dist/quick.cjs',
  'schema/jobs.schema.json',
  'man/jm2.1',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
];

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000, ...options });
  if (result.status !== 0) {
    console.log(`${command} ${args.join(' ')} ended with ${result.status ?? result.signal}`);
    console.log(result.stdout, result.stderr);
    throw new Error('a step of the package check failed');
  }
  return result.stdout;
}

export function checkPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'jm2-pack-'));
  const home = join(folder, 'home');
  const env = { ...process.env, JM2_HOME: home };
  const jm2 = (...args) => run(join(folder, 'node_modules/.bin/jm2'), args, { cwd: folder, env });
  try {
    const packed = JSON.parse(
      run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]),
    );
    const { files, unpackedSize, filename } = Array.isArray(packed)
      ? packed[0]
      : Object.values(packed)[0];
    const names = files.map((file) => file.path);
    const bad = names.filter((name) => unwanted.some((pattern) => pattern.test(name)));
    const missing = wanted.filter((name) => !names.includes(name));
    console.log(`${names.length} files, ${(unpackedSize / 1e6).toFixed(2)} MB unpacked`);
    if (bad.length > 0 || missing.length > 0) {
      console.log(
        `unwanted: ${bad.join(', ') || 'none'}; missing: ${missing.join(', ') || 'none'}`,
      );
      return false;
    }
    run('node_modules/.bin/publint', ['--strict'], { cwd: process.cwd() });
    writeFileSync(join(folder, 'package.json'), '{"name":"empty","private":true}\n');
    run(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', resolve(folder, filename)],
      { cwd: folder },
    );
    console.log(
      `installed packages: ${readdirSync(join(folder, 'node_modules'))
        .filter((name) => !name.startsWith('.'))
        .join(', ')}`,
    );
    console.log(`version ${jm2('--version').trim()}`);
    jm2('init');
    jm2('validate');
    jm2('preview', '--count', '3');
    jm2('start');
    try {
      jm2('list');
    } finally {
      jm2('stop');
    }
    return true;
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error));
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
