/** The package's version, put in place by the build. */
declare const JM2_VERSION: string | undefined;
/** The file of src/cli/quick.ts beside the program; not defined when run from source. */
declare const JM2_QUICK: string | undefined;
/** In src/cli/quick.ts alone: how soon a silent daemon is doubted there. */
declare const JM2_SIGN_OF_LIFE_MS: number | undefined;
