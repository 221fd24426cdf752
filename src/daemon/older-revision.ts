// What an earlier jm2 had in force, for whoever starts the daemon that brings its store
// up to date.
export { revisionOfOlder } from '../store/sqlite/inspect-store.ts';
