// Reads the store of a daemon beside it, with whichever binding this Node has.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export function openSqlite(path, options = {}) {
  let binding;
  try {
    binding = require('@photostructure/sqlite');
  } catch {
    binding = require('node:sqlite');
  }
  const database = new binding.DatabaseSync(path, options);
  database.exec('PRAGMA busy_timeout = 5000');
  return database;
}
