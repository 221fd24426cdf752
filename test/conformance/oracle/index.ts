// What scripts/prove-time.mjs loads.
export { patternCount } from './compare.ts';
export { allZones } from './corpus.ts';
export { proveYear, shareOf } from './prove-year.ts';
