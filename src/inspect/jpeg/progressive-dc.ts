/** DC scans of progressive JPEG (T.81, G.1.2.1). */
import { InvalidCode, peek, proceed } from './bit-stream.ts';
import { type CodedComponent, writeComponents } from './component-table.ts';
import { core, TableWriter } from './memory.ts';
import { type McuReader, placesOfMcu, type ScanHeader } from './scan.ts';

/** Returns undefined when a table is missing. */
export function firstDc({ components, low }: ScanHeader): McuReader | undefined {
  const coded: CodedComponent[] = [];
  for (const scanned of components) {
    const { kept, quant } = scanned.component;
    if (!scanned.dc || !quant) return undefined;
    const scale = (kept === 8 ? 1 : quant[0]!) * (1 << low);
    coded.push({ scanned, dc: scanned.dc, scales: [scale] });
  }
  const table = writeComponents(coded, new TableWriter());
  const { readDcs } = core();
  return {
    read(bits, from, count, wide) {
      const { top, at, end } = bits;
      proceed(bits, readDcs(top, at, end, table.address, coded.length, from, count, wide));
    },
    restart: table.restart,
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
            if (peek(bits, bits.at++) < 0) values[base + offset]! += bit;
          }
        }
        if (bits.at > bits.end) throw new InvalidCode();
      }
    },
    restart() {},
  };
}
