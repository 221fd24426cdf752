/** The package's version, put in place by the build. */
declare const JM2_VERSION: string | undefined;
/** The file of src/cli/quick.ts beside the program; not defined when run from source. */
declare const JM2_QUICK: string | undefined;
