import { describe, expect, test } from 'vitest';
import { explainPage } from '../../../src/core/diagnostics/explain-page.ts';
import {
  diagnostic,
  findEntry,
  operationalError,
  registryEntries,
} from '../../../src/core/diagnostics/registry.ts';

describe('the registry', () => {
  test('has each code once, in the form JM2-<area letter><three digits>', () => {
    const codes = registryEntries.map((entry) => entry.code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !/^JM2-[MSPRDTC]\d{3}$/.test(code))).toEqual([]);
  });

  test('has no two codes with the same summary', () => {
    const summaries = registryEntries.map((entry) => entry.summary);
    expect(new Set(summaries).size).toBe(summaries.length);
  });

  test('says for every code what it means and what to do', () => {
    for (const entry of registryEntries) {
      expect(entry.meaning.length, entry.code).toBeGreaterThan(40);
      expect(entry.remedy.length, entry.code).toBeGreaterThan(10);
      expect(entry.summary, entry.code).not.toMatch(/[.!]$/);
    }
  });

  test.each(['JM2-M201', 'jm2-m201', 'M201', ' m201 '])('finds a code typed as "%s"', (typed) => {
    expect(findEntry(typed)?.code).toBe('JM2-M201');
  });

  test('finds nothing for an unknown code', () => {
    expect(findEntry('JM2-M999')).toBeUndefined();
  });

  test('builds a diagnostic with the fixed summary and the way out', () => {
    expect(diagnostic('JM2-M201', { detail: 'shedule is no field' })).toMatchObject({
      severity: 'error',
      summary: 'unknown key',
      hint: findEntry('JM2-M201')?.remedy,
      file: null,
      path: '',
      range: null,
    });
  });

  test('builds an operational error that knows its exit code', () => {
    const error = operationalError('JM2-D101', { detail: 'nothing listens' });
    expect([error.code, error.exitCode]).toEqual(['JM2-D101', 8]);
  });

  test('takes a code that is not registered for a bug', () => {
    expect(() => diagnostic('JM2-M999', { detail: '' })).toThrow('This is a bug in jm2');
  });

  test('writes a page with meaning, way out and both forms of the example', () => {
    const page = explainPage(findEntry('JM2-M201') ?? registryEntries[0]!);
    expect(page).toContain('# JM2-M201: unknown key');
    expect(page).toContain('shedule:');
    expect(page).toContain('Put right:');
  });
});
