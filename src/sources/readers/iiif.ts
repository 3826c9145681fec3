/**
 * IIIF Presentation 2 and 3: the images painted on each canvas, at their largest.
 *
 * The largest an image server gives is `full/max` in Image API 3 and `full/full` in 2 (2.1 also
 * knows `max`, 1.1 calls the quality `native`). Level-0 servers may lack them: the resource that
 * the manifest itself names is the fallback.
 */

import type { Candidate } from '../../model.ts';
import { resolveAddress } from '../address.ts';
import type { SourceBatches, SourceItem } from '../item.ts';
import type { ReaderContext } from '../reader.ts';
import { jsonEvents } from './json.ts';
import { asArray, asNumber, asObject, asString, type JsonObject } from './json-shape.ts';

/** Characters of one element: version 2 keeps all canvases in one sequence. */
const MAX_ELEMENT = 64 * 1024 ** 2;
/** Choices and specific resources inside each other. */
const MAX_DEPTH = 8;

export async function* readIiif(
  text: AsyncIterable<string>,
  { name, base }: ReaderContext,
): SourceBatches {
  for await (const events of jsonEvents(text, name, MAX_ELEMENT)) {
    const items: SourceItem[] = [];
    for (const event of events) {
      if (event.kind === 'problem') items.push(event);
      else if (event.kind === 'element') {
        const key = event.path.length === 1 ? event.path[0]! : '';
        items.push(...elementItems(key, event.value, event.line, base));
      }
    }
    if (items.length > 0) yield items;
  }
}

function* elementItems(
  key: string,
  value: unknown,
  line: number,
  base: string | undefined,
): Iterable<SourceItem> {
  const element = asObject(value);
  if (element === undefined) return;
  if (key === 'sequences') {
    for (const canvas of asArray(element.canvases)) yield* canvasItems(canvas, line, base);
  } else if (key === 'items' && typeOf(element) === 'canvas') {
    yield* canvasItems(element, line, base);
  } else if (['items', 'manifests', 'collections', 'members'].includes(key)) {
    const type = typeOf(element);
    if (type !== 'manifest' && type !== 'collection') return;
    const id = idOf(element);
    const url = id === undefined ? undefined : resolveAddress(id, base);
    if (url === undefined) yield { kind: 'problem', line, message: `a ${type} without an address` };
    else yield { kind: 'source', url, line };
  }
}

function* canvasItems(
  value: unknown,
  line: number,
  base: string | undefined,
): Iterable<SourceItem> {
  const canvas = asObject(value);
  if (canvas === undefined) return;
  const label = labelOf(canvas.label);
  const bodies = [
    ...asArray(canvas.images).map((annotation) => asObject(annotation)?.resource),
    ...asArray(canvas.items)
      .flatMap((page) => asArray(asObject(page)?.items))
      .map(asObject)
      .filter((annotation) => asArray(annotation?.motivation ?? 'painting').includes('painting'))
      .flatMap((annotation) => asArray(annotation?.body)),
  ];
  let found = false;
  for (const body of bodies) {
    const candidates = candidatesOf(body, asNumber(canvas.width), base);
    // A manifest often names the largest size itself; each address once.
    const [first, ...others] = candidates.filter(
      ({ url }, at) => candidates.findIndex((other) => other.url === url) === at,
    );
    if (first === undefined) continue;
    found = true;
    const title = label === undefined ? {} : { title: label };
    yield { kind: 'image', candidates: [first, ...others], ...title, line };
  }
  if (!found && bodies.length > 0) {
    const message = `no image on the canvas ${label ?? idOf(canvas) ?? 'without a name'}`;
    yield { kind: 'problem', line, message };
  }
}

/** The addresses of one painted body, best first. A choice's first is the one shown. */
function candidatesOf(
  value: unknown,
  width: number | undefined,
  base: string | undefined,
  depth = 0,
): Candidate[] {
  const body = asObject(value);
  if (body === undefined || depth > MAX_DEPTH) return [];
  const type = typeOf(body);
  if (type === 'choice') {
    const choices = [...asArray(body.default), ...asArray(body.item), ...asArray(body.items)];
    return choices.flatMap((choice) => candidatesOf(choice, width, base, depth + 1));
  }
  const inner = body.source ?? body.full;
  if (type === 'specificresource' && asObject(inner) !== undefined) {
    return candidatesOf(inner, width, base, depth + 1);
  }
  // Sound and moving pictures are painted on canvases too.
  if (type !== 'image' && type !== '' && body.service === undefined) return [];
  const found: Candidate[] = [];
  const add = (raw: string | undefined, from: string, wide: number | undefined) => {
    const url = raw === undefined ? undefined : resolveAddress(raw, base);
    if (url !== undefined)
      found.push({ url, from, ...(wide === undefined ? {} : { width: wide }) });
  };
  // The body may be a reduced size of what the service has; the canvas is often as large as that.
  const full = Math.max(asNumber(body.width) ?? 0, width ?? 0) || undefined;
  for (const service of asArray(body.service).map(asObject)) {
    const id = service === undefined ? undefined : idOf(service)?.replace(/\/(?:info\.json)?$/, '');
    if (service === undefined || id === undefined) continue;
    for (const path of largest(service)) {
      add(`${id}${path}`, 'iiif.service', asNumber(service.width) ?? full);
    }
  }
  add(idOf(body), 'iiif.body', asNumber(body.width));
  return found;
}

/** Paths of the largest size by the version of the Image API; none for services of other kinds. */
function largest(service: JsonObject): readonly string[] {
  const type = asString(service.type) ?? asString(service['@type']) ?? '';
  const context = asArray(service['@context']).join(' ');
  const profile = asArray(service.profile)
    .filter((one) => typeof one === 'string')
    .join(' ');
  const about = `${context} ${profile}`;
  if (type === 'ImageService3' || /api\/image\/3/.test(about)) return ['/full/max/0/default.jpg'];
  if (type === 'ImageService2' || /api\/image\/2/.test(about)) {
    return ['/full/full/0/default.jpg', '/full/max/0/default.jpg'];
  }
  if (type === 'ImageService1' || /image-api\/(?:1|compliance|level)|api\/image\/1/.test(about)) {
    return ['/full/full/0/native.jpg'];
  }
  // `level2` alone, as version 3 writes profiles, or nothing at all.
  if (/^\s*level[012]\s*$/.test(about)) return ['/full/max/0/default.jpg'];
  return about.trim() === '' && type === ''
    ? ['/full/full/0/default.jpg', '/full/max/0/default.jpg']
    : [];
}

function idOf(object: JsonObject): string | undefined {
  return asString(object.id) ?? asString(object['@id']);
}

/** `sc:Canvas`, `dctypes:Image`, `Canvas` → `canvas`, `image`, `canvas`. */
function typeOf(object: JsonObject): string {
  const type = asString(object.type) ?? asString(object['@type']) ?? '';
  return type.slice(type.indexOf(':') + 1).toLowerCase();
}

/** A string, version 2's `{"@value": …}`, version 3's `{"en": ["…"]}`. */
function labelOf(label: unknown): string | undefined {
  const first = asArray(label)[0];
  const map = asObject(first);
  if (map === undefined) return asString(first);
  return asString(map['@value']) ?? asString(asArray(Object.values(map)[0])[0]);
}
