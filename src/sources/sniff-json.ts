/** Tells the formats apart that are JSON underneath. */

import type { SourceFormat } from './item.ts';
import type { Beginning } from './sniff.ts';

/** `undefined` when it is no JSON: `[` also begins a Markdown link, `"` a quoted CSV field. */
export function sniffJson({ text, whole }: Beginning): SourceFormat | undefined {
  const [first = '', second] = firstLines(text, whole);
  if (text.startsWith('"')) {
    const value = parse(first);
    return typeof value === 'string' && /^https?:/i.test(value) ? 'jsonl' : undefined;
  }
  if (!/^(?:\{\s*["}]|\[\s*[[{"\]])/.test(text)) return undefined;
  if (/^\{\s*"log"\s*:/.test(text) && /"(?:entries|creator)"\s*:/.test(text)) return 'har';
  if (/"https?:\/\/jsonfeed\.org\/version\//.test(text)) return 'json-feed';
  if (/"https?:\/\/(?:www\.)?(?:iiif\.io\/api\/presentation|shared-canvas\.org\/ns)/.test(text)) {
    return 'iiif';
  }
  // Two lines, one of which is a whole value: JSON lines. A document over many lines breaks inside.
  const lines = first.length > 2 && /^\s*["[{]/.test(second ?? '') && text.startsWith('{');
  return lines && (isContainer(parse(first)) || isContainer(parse(second!))) ? 'jsonl' : 'json';
}

/** The first two lines that are not blank and not cut. */
function firstLines(text: string, whole: boolean): string[] {
  const lines = text.split('\n');
  if (!whole) lines.pop();
  return lines.filter((line) => line.trim() !== '').slice(0, 2);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
