/** The package's version, put in by the build. */
declare const GC_VERSION: string;

export const VERSION = GC_VERSION;
