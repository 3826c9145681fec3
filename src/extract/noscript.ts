/** A lazy image and the `<noscript>` beside it that holds the same without script are one picture. */

import type { Group } from './collector.ts';
import type { Noscript, Reader } from './reader.ts';
import { stemOf } from './size.ts';
import type { TreeNode } from './tree.ts';

/** How deep beside the noscript the twin is looked for: `<span><img></span><noscript>`. */
const MAX_STEPS = 8;

export function joinNoscripts(reader: Reader): void {
  for (const noscript of reader.noscripts) {
    const groups = reader.collector.groups
      .slice(noscript.firstGroup, noscript.lastGroup)
      .filter((group) => group.entries.size > 0);
    const [only] = groups;
    if (only === undefined || groups.length > 1) continue;
    const twin = twinOf(reader, noscript, only);
    if (twin !== undefined) twin.absorb(only);
  }
}

function twinOf(reader: Reader, { node }: Noscript, own: Group): Group | undefined {
  const around = node.parent === null ? undefined : reader.groupOf.get(node.parent);
  const candidates = [
    around,
    pictureIn(reader, elementBeside(node, 'previous'), 'last'),
    pictureIn(reader, elementBeside(node, 'next'), 'first'),
  ];
  return candidates.find((group) => group !== undefined && group !== own && areTwins(group, own));
}

function elementBeside(node: TreeNode, side: 'previous' | 'next'): TreeNode | null {
  let at = node[side];
  while (at !== null && (at.name === '#text' || at.name === 'br')) at = at[side];
  return at;
}

/** The outermost picture at that end of the element. */
function pictureIn(
  reader: Reader,
  from: TreeNode | null,
  end: 'first' | 'last',
): Group | undefined {
  let node = from;
  for (let step = 0; node !== null && step < MAX_STEPS; step++) {
    const group = reader.groupOf.get(node);
    if (group !== undefined) return group;
    node = node[end];
  }
  return undefined;
}

/** Lazy, empty (its inline placeholder does not count), or of the same name. */
function areTwins(scripted: Group, own: Group): boolean {
  if (scripted.lazy || scripted.entries.size === 0) return true;
  const stems = new Set([...own.entries.keys()].map(stemOf));
  for (const url of scripted.entries.keys()) if (stems.has(stemOf(url))) return true;
  return false;
}
