import {resolve} from 'node:path';

/**
 * The user's cache directory as our executables see it in tests: one for all, as one user has, so
 * that each call finds what the one before has kept instead of keeping it anew.
 */
export const CACHES = {XDG_CACHE_HOME: resolve('node_modules/.cache/gc-k8s-tests')};
