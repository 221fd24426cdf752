// The store: whether it can be used, whether what stands in it is consistent, how
// much room the logs take.
import { check } from './check.ts';
import { shellWord, some, type Saying } from './finding.ts';

const budgetTold = 0.9;

export const storeChecks = [
  check('store', 'store', 'the store is sound', 'store', ({ path, state, problems }): Saying[] => {
    const detail = problems.length === 0 ? path : some(problems);
    const critical = (summary: string, remedy: string): Saying[] => [
      { severity: 'critical', summary, detail, remedy },
    ];
    switch (state) {
      case 'damaged':
        return critical('the store is damaged', 'jm2 restore FILE; without a backup: jm2 restart');
      case 'lost':
        return critical('the store is gone, although a daemon was here', 'jm2 restore FILE');
      case 'unreadable':
        return critical('the store cannot be read', `ls -ld ${shellWord(path)}`);
      case 'newer':
        return critical('the store was written by a newer jm2', 'Update jm2; nothing was changed');
      case 'older':
        return [
          {
            severity: 'minor',
            summary: 'the store is of an earlier version; the next start brings it up to date',
            detail,
            remedy: 'jm2 start',
          },
        ];
      case 'missing':
      case 'sound':
        return [];
    }
  }),
  check(
    'ledger',
    'store',
    'every occurrence has one outcome, every end its evidence',
    'ledger',
    (lines) =>
      lines.length === 0
        ? []
        : [
            {
              severity: 'major',
              summary: 'the records of the store contradict each other: please report this',
              detail: some(lines),
              remedy: 'jm2 backup FILE',
            },
          ],
  ),
  check('set-aside', 'store', 'no damaged store was set aside', 'store', ({ setAside }) =>
    setAside.length === 0
      ? []
      : [
          {
            severity: 'minor',
            summary: 'a damaged store was set aside',
            detail: some(setAside),
            remedy: `rm ${shellWord(setAside[0] ?? '')}*`,
          },
        ],
  ),
  check('log-budget', 'store', 'the run logs are within their bound', 'logs', ({ bytes, bound }) =>
    bytes < bound * budgetTold
      ? []
      : [
          {
            severity: 'minor',
            summary: 'the run logs reach their bound, so the oldest go',
            detail: `${Math.round(bytes / 1_000_000)} of ${Math.round(bound / 1_000_000)} MB (keep_logs)`,
            remedy: 'jm2 flush --logs 30d',
          },
        ],
  ),
];
