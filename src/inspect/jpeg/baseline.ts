/** Baseline and extended sequential scans (T.81, F.2): what the core's hot loop needs to know of one. */
import { InvalidCode } from './bit-stream.ts';
import type { HuffmanTable } from './huffman.ts';
import { core, TableWriter } from './memory.ts';
import { type McuReader, placesOfMcu, type ScanComponent, type ScanHeader } from './scan.ts';

/** Zigzag indices that an entry of {@link HuffmanTable.coefficients} can lead to: 63 + 128 at most. */
const INDICES = 256;
/** 32-bit words of a component, and which of them is its predictor (core/sequential.ts names all). */
const TARGET = 16;
const PREDICTOR = 14;

/** Returns undefined when a table is missing. */
export function baselineReader(scan: ScanHeader): McuReader | undefined {
  const { components } = scan;
  const writer = new TableWriter();
  const targets = new Int32Array(components.length * TARGET);
  for (const [i, component] of components.entries()) {
    const target = targetOf(component, components.length === 1, writer);
    if (!target) return undefined;
    targets.set(target, i * TARGET);
  }
  const address = writer.write(targets);
  const { memory, readMcus, invalid } = core();
  const written = new Int32Array(memory.buffer, address, targets.length);
  return {
    read(bits, from, count, wide) {
      const { address: data, at, end } = bits;
      bits.at = readMcus(data, at, end, address, components.length, from, count, wide);
      if (invalid.value) throw new InvalidCode();
    },
    restart() {
      for (let i = 0; i < components.length; i++) written[i * TARGET + PREDICTOR] = 0;
    },
  };
}

function targetOf(
  { component, dc, ac }: ScanComponent,
  alone: boolean,
  writer: TableWriter,
): number[] | undefined {
  if (!dc || !ac || !component.quant) return undefined;
  const { values, limit, places } = component;
  const mask = new Int32Array(INDICES);
  const place = new Int32Array(INDICES).fill(values.length - 1);
  const quant = new Float32Array(INDICES);
  for (let index = 0; index < limit; index++) {
    quant[index] = component.quant[index]!;
    if (places[index]! < 0) continue;
    mask[index] = -1;
    place[index] = places[index]!;
  }
  const { offsets, stepX, stepY } = placesOfMcu(component, alone);
  return [
    writer.write(dc.lengths),
    writer.write(codesOf(dc)),
    writer.write(ac.steps),
    limit > 1 ? writer.write(ac.coefficients) : 0,
    writer.write(codesOf(ac)),
    values.byteOffset,
    ...[mask, place, quant, offsets].map((table) => writer.write(table)),
    offsets.length,
    limit,
    stepX,
    stepY,
  ];
}

/** As core/tables.ts reads it. */
function codesOf({ limits, bases, values }: HuffmanTable): Int32Array {
  const codes = new Int32Array(limits.length + bases.length + Math.ceil(values.length / 4));
  codes.set(limits);
  codes.set(bases, limits.length);
  new Uint8Array(codes.buffer).set(values, (limits.length + bases.length) * 4);
  return codes;
}
