/** DC scans of progressive JPEG (T.81, G.1.2.1). */
import { InvalidCode, peek, symbolAt } from './bit-stream.ts';
import type { HuffmanTable } from './huffman.ts';
import { type Layout, type McuReader, placesOfMcu, type ScanHeader } from './scan.ts';
import { signedBits } from './signed-bits.ts';

interface Target extends Layout {
  readonly dc: HuffmanTable;
  readonly values: Float32Array;
  readonly scale: number;
  predictor: number;
}

export function firstDc({ components, low }: ScanHeader): McuReader | undefined {
  const targets: Target[] = [];
  for (const { component, dc } of components) {
    const { values, kept, quant } = component;
    if (!dc || !quant) return undefined;
    const scale = (kept === 8 ? 1 : quant[0]!) * (1 << low);
    const layout = placesOfMcu(component, components.length === 1);
    targets.push({ dc, values, scale, predictor: 0, ...layout });
  }
  return {
    read(bits, from, count, wide) {
      const { view, end } = bits;
      let { at } = bits;
      let column = from % wide;
      let row = Math.floor(from / wide);
      for (let mcu = 0; mcu < count; mcu++) {
        for (let i = 0; i < targets.length; i++) {
          const target = targets[i]!;
          const { offsets, dc, values, scale } = target;
          const base = column * target.stepX + row * target.stepY;
          let { predictor } = target;
          for (let b = 0; b < offsets.length; b++) {
            const word = view.getUint32(at >>> 3) << (at & 7);
            const entry = symbolAt(dc, word);
            const length = entry >>> 8;
            const size = entry & 255;
            bits.at = at;
            if (entry === 0 || size > 16) throw new InvalidCode();
            const extra = length + size > 25 ? peek(view, at + length) : word << length;
            predictor = (predictor + signedBits(extra, size)) | 0;
            values[base + offsets[b]!] = predictor * scale;
            at += length + size;
          }
          target.predictor = predictor;
        }
        bits.at = at;
        if (at > end) throw new InvalidCode();
        if (++column === wide) {
          column = 0;
          row++;
        }
      }
    },
    restart() {
      for (const target of targets) target.predictor = 0;
    },
  };
}

/** One bit for each block. Other components than those of which all is kept do without. */
export function refineDc({ components, low }: ScanHeader): McuReader {
  const targets = components.map(({ component }) => ({
    values: component.values,
    bit: component.kept === 8 ? 1 << low : 0,
    ...placesOfMcu(component, components.length === 1),
  }));
  return {
    read(bits, from, count, wide) {
      for (let mcu = from; mcu < from + count; mcu++) {
        for (const { values, bit, offsets, stepX, stepY } of targets) {
          const base = (mcu % wide) * stepX + Math.floor(mcu / wide) * stepY;
          for (const offset of offsets) {
            if (peek(bits.view, bits.at++) < 0) values[base + offset]! += bit;
          }
        }
        if (bits.at > bits.end) throw new InvalidCode();
      }
    },
    restart() {},
  };
}
