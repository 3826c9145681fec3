/** The elements of Media RSS and its relatives, which RSS and Atom feeds both use. */

import type { XmlElement } from '../xml.ts';
import { type FeedEntry, isImage, pixels } from './feed-entry.ts';

export class MediaRss {
  #group: number | undefined;
  #groups = 0;
  /** The `media:content` whose children may describe it. */
  #content: { readonly index: number } | undefined;
  #contents = 0;

  open({ name, attributes, line }: XmlElement, entry: FeedEntry): void {
    const { url = '', type, medium, width } = attributes;
    if (name === 'media:group') this.#group = ++this.#groups;
    else if (name === 'media:content') {
      // A thumbnail inside shows this content (often a video's still), so both are one picture.
      this.#content = { index: --this.#contents };
      if (isImage(type, medium, url)) {
        const group = this.#group ?? this.#content.index;
        entry.picture({ raw: url, from: 'media:content', line, type, width: pixels(width), group });
      }
    } else if (name === 'media:thumbnail') {
      const group = this.#group ?? this.#content?.index;
      entry.picture({ raw: url, from: 'media:thumbnail', line, width: pixels(width), group });
    } else if (name === 'itunes:image') {
      entry.picture({ raw: attributes.href ?? '', from: 'itunes:image', line });
    }
  }

  close(name: string): void {
    if (name === 'media:group') this.#group = undefined;
    if (name === 'media:content') this.#content = undefined;
  }
}
