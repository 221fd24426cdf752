// What an installation brings: bytes, files, and packages besides jm2 itself. The
// package is packed and installed as a user would, into a folder of the bench.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from './folders.mjs';
import { row } from './report.mjs';

const packagesMax = 12;

function contentsOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const bytes = files.map((file) => statSync(join(file.parentPath ?? file.path, file.name)).size);
  return { files: files.length, bytes: bytes.reduce((sum, one) => sum + one, 0) };
}

const npm = (args, cwd) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Of jm2 alone and of all that is installed with it; `packages` are those besides jm2. */
function installed() {
  const folder = makeFolder('size');
  const [packed] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], resolve('.')),
  );
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  const tarball = `./${packed.filename}`;
  npm(['install', tarball, '--ignore-scripts', '--no-audit', '--no-fund'], folder);
  const { packages } = JSON.parse(
    readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8'),
  );
  return {
    own: contentsOf(join(folder, 'node_modules', 'jm2')),
    all: contentsOf(join(folder, 'node_modules')),
    packages: Object.keys(packages).filter((place) => place !== 'node_modules/jm2').length,
    packedBytes: packed.size,
  };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

export function measureSize() {
  const { own, all, packages, packedBytes } = installed();
  row(
    'installed size',
    `${megabytes(all.bytes)} in ${all.files} files`,
    `jm2 itself ${megabytes(own.bytes)} in ${own.files} files, ${megabytes(packedBytes)} packed`,
    '-',
    { value: all.bytes, files: all.files, ownBytes: own.bytes, ownFiles: own.files, packedBytes },
  );
  row('packages at run time besides jm2', `${packages}`, '', `<= ${packagesMax}`, {
    value: packages,
  });
}
