/**
 * The parsers of HTML and CSS take 25 ms to load, which a list of addresses need not pay, and a page
 * need not pay before its first bytes are on their way.
 */
export const loadExtract = () => import('../extract/mod.ts');
