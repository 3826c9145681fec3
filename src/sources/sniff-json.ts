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
  // A first line that is a whole value, or is damaged but not left open, before another: JSON lines.
  if (!text.startsWith('{') || second === undefined || !/^\s*["[{]/.test(second)) return 'json';
  const open = /[[{,:]\s*$/.test(first);
  return isContainer(parse(first)) || (!open && isContainer(parse(second))) ? 'jsonl' : 'json';
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
