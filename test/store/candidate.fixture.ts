// Says why a file is no database, as an account for which permissions hold.
import { whyNoDatabase } from '../../src/store/sqlite/backup-candidate.ts';

process.stdout.write(String(whyNoDatabase(process.argv[2] ?? '')));
