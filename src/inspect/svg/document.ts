/** The document as resvg takes it. */
import { svgText } from '../structure/svg.ts';
import { readTag, rootOffset } from '../structure/svg-root.ts';

/**
 * What resvg of 2023 leaves out or draws otherwise than the later one in wasm-vips, found by drawing a hundred
 * features with both; and embedded pictures, of which it reads fewer formats.
 */
const NEWER = new RegExp(
  [
    /<(?:[\w-]+:)?(?:image|feImage|filter|symbol)\b/,
    /\bcontext-(?:fill|stroke)\b|\btransform-origin\b|\bmiter-clip\b|\bauto-start-reverse\b/,
    /\bmask-type\b|\bbackground-color\b|!\s*important\b|\bmarker\s*[:=]|\bfr\s*=/,
    // Markers before anything else.
    /\bpaint-order\b[^;>]{0,40}\bmarkers\b/,
    /\burl\(\s*(?:["']|&quot;|&apos;)/,
    // Colours with fractions: not those of the alpha, nor those of percentages.
    /\b(?:rgb|hsl)a?\((?:[^,()]{0,40},){0,2}[^,()%]{0,40}\.\d+\s*(?:deg\s*)?[,)]/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** `undefined` when resvg may draw it otherwise than wasm-vips. */
export function drawableText(bytes: Uint8Array): string | undefined {
  const text = svgText(bytes);
  return NEWER.test(text) ? undefined : withNamespace(text);
}

/** This resvg asks for a namespace, which old drawings do not have. */
function withNamespace(text: string): string {
  const at = rootOffset(text);
  const root = at < 0 ? undefined : readTag(text, at);
  if (!root || root.name.includes(':') || root.attributes.has('xmlns')) return text;
  const to = at + 1 + root.name.length;
  return `${text.slice(0, to)} xmlns="http://www.w3.org/2000/svg"${text.slice(to)}`;
}
