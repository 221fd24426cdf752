// Forms of texts in the manifest, as regular expressions that take linear time.

/** Names of jobs and of schedules; they become parts of file names. */
export const namePattern = '^[a-z0-9][a-z0-9._-]{0,62}$';

/** Names of environment variables. */
export const variablePattern = '^[A-Za-z_][A-Za-z0-9_]*$';

/** A range of exit codes: `64-78`. */
export const exitCodesPattern = '^[0-9]{1,3}-[0-9]{1,3}$';

/** Sizes in bytes: `10MB` counts thousands, `10MiB` 1,024s. */
export { sizePattern } from '../parse-size.ts';

/** File mode creation masks; a text, because YAML reads 027 as a decimal number. */
export const umaskPattern = '^0?[0-7]{3}$';

/** Accounts of the system. */
export const userPattern = '^[A-Za-z_][A-Za-z0-9_.-]{0,31}$';

/** Text with at least one visible character. */
export const visiblePattern = '\\S';

/** A day, as 2026-12-31. */
export const dayPattern = '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$';
