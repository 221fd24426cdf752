/** The package's version, put in place by the build. */
declare const JM2_VERSION: string | undefined;
