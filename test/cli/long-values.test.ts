import { describe, expect, it } from 'vitest';
import { shownValues } from '../../src/cli/views/long-values.ts';

describe('values before and after', () => {
  it('are whole where they are short', () => {
    expect(shownValues('a', ['b'], 10)).toEqual(['"a"', '["b"]']);
    expect(shownValues(null, undefined, 10)).toEqual(['not set', 'not set']);
  });

  it('begin shortly before they differ where they are long, and tell their length', () => {
    const script = 'step; '.repeat(50);
    expect(shownValues(`${script}old`, `${script}new; ${script}`, 60)).toEqual([
      '…ep; step; step; step; step; step; step; old" (305 characters)',
      '…ep; step; step; step; step; step; step; new; step; step; ste… (607 characters)',
    ]);
  });

  it('begin at their beginning where they differ there, one cut and one whole', () => {
    expect(shownValues('x'.repeat(50), 'y', 10)).toEqual(['"xxxxxxxxx… (52 characters)', '"y"']);
  });

  it('are not cut within a character', () => {
    expect(shownValues('🎉'.repeat(9), '', 4)[0]).toBe('"🎉… (20 characters)');
  });
});
