/** Replaced when bundling by the version in package.json and the commit that was built. */
declare const IMGTRAWL_VERSION: string | undefined;
declare const IMGTRAWL_COMMIT: string | undefined;

export const VERSION = typeof IMGTRAWL_VERSION === 'string' ? IMGTRAWL_VERSION : '0.0.0-source';
export const COMMIT = typeof IMGTRAWL_COMMIT === 'string' ? IMGTRAWL_COMMIT : '';
