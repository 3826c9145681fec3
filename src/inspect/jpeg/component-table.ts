/** Components of a scan as the core reads them (core/component.ts names the fields). */
import type { HuffmanTable } from './huffman.ts';
import { core, type TableWriter } from './memory.ts';
import { placesOfMcu, type ScanComponent } from './scan.ts';

/** Zigzag indices that an AC symbol can lead to: from 63 some 128 further (core/values.ts). */
const INDICES = 192;
/** 32-bit words of a component, and which of them is its predictor. */
const WORDS = 16;
const PREDICTOR = 13;

/** What is written of one component: its Huffman tables, and what its values are multiplied by, by zigzag index. */
export interface CodedComponent {
  readonly scanned: ScanComponent;
  readonly dc: HuffmanTable;
  /** None where nothing but the DC is read. */
  readonly ac?: HuffmanTable;
  readonly scales: ArrayLike<number>;
}

export interface ComponentTable {
  readonly address: number;
  /** Sets the predictors back, as after a restart marker. */
  restart(): void;
}

export function writeComponents(
  components: readonly CodedComponent[],
  writer: TableWriter,
): ComponentTable {
  const alone = components.length === 1;
  const words = new Int32Array(components.length * WORDS);
  for (const [i, component] of components.entries()) {
    words.set(wordsOf(component, alone, writer), i * WORDS);
  }
  const address = writer.write(words);
  const written = new Int32Array(core().memory.buffer, address, words.length);
  return {
    address,
    restart() {
      for (let at = PREDICTOR; at < written.length; at += WORDS) written[at] = 0;
    },
  };
}

function wordsOf(
  { scanned, dc, ac, scales }: CodedComponent,
  alone: boolean,
  writer: TableWriter,
): number[] {
  const { component } = scanned;
  const { values, places } = component;
  const limit = ac ? component.limit : 1;
  const mask = new Int32Array(INDICES);
  const place = new Int32Array(INDICES).fill(values.length - 1);
  const scale = new Float32Array(INDICES);
  for (let index = 0; index < limit; index++) {
    scale[index] = scales[index]!;
    if (places[index]! < 0) continue;
    mask[index] = -1;
    place[index] = places[index]!;
  }
  const { offsets, stepX, stepY } = placesOfMcu(component, alone);
  return [
    writer.share(dc.symbols),
    writer.share(dc.codes),
    ac && limit > 1 ? writer.share(ac.acSymbols) : 0,
    ac ? writer.share(ac.codes) : 0,
    values.byteOffset,
    ...[mask, place, scale, offsets].map((table) => writer.write(table)),
    offsets.length,
    limit,
    stepX,
    stepY,
  ];
}
