import { defineConfig } from 'vitest/config';

// Two projects: fast tests of modules, and end-to-end tests of the built
// command line with real daemons and processes, which share two cores. What
// those processes execute is measured apart and joined by scripts/check.mjs.
export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: 'test-results/report.json' }]],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json'],
    },
    projects: [
      {
        test: {
          name: 'modules',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          // Loading the modules anew for each file took a third of the processor time: tests
          // replace no module, and put back what they change of the process.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Much of the time is waiting for files and processes.
          maxWorkers: 6,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/measure-processes.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
