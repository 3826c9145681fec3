/** Baseline and extended sequential scans (T.81, F.2): what the core's hot loop needs to know of one. */
import { proceed } from './bit-stream.ts';
import { type CodedComponent, writeComponents } from './component-table.ts';
import { core, TableWriter } from './memory.ts';
import { type McuReader, placesOfMcu, type ScanHeader } from './scan.ts';

/** Blocks that the core looks for at a time (CHUNK in core/blocks.ts). */
const CHUNK = 512;
/** Words of a plan: two for each block, two more behind all of them; the places of blocks, with the last one's end. */
const CODES = 2 * CHUNK;
const PLAN = 2 * CODES + CHUNK + 1;

/** Returns undefined when a table is missing. */
export function baselineReader(scan: ScanHeader): McuReader | undefined {
  const components: Coded[] = [];
  for (const scanned of scan.components) {
    const { dc, ac, component } = scanned;
    if (!dc || !ac || !component.quant) return undefined;
    components.push({ scanned, dc, ac, scales: component.quant });
  }
  const writer = new TableWriter();
  const table = writeComponents(components, writer);
  const { plan, perMcu } = planOf(components, writer);
  const { readMcus } = core();
  return {
    read(bits, from, count, wide) {
      const { top, at, end } = bits;
      const targets = [table.address, components.length] as const;
      proceed(bits, readMcus(top, at, end, ...targets, plan, perMcu, from, count, wide));
    },
    restart: table.restart,
  };
}

type Coded = Required<CodedComponent>;

/** The tables of each block of a chunk (core/blocks.ts), and the number of an MCU's. */
function planOf(components: readonly Coded[], writer: TableWriter) {
  const alone = components.length === 1;
  const blocks = components.flatMap((coded) => {
    const { length } = placesOfMcu(coded.scanned.component, alone).offsets;
    return Array.from({ length }, () => coded);
  });
  const words = new Int32Array(PLAN);
  for (const [i, { dc, ac }] of blocks.entries()) {
    const next = blocks[(i + 1) % blocks.length]!;
    const tables = [writer.share(ac.steps), writer.share(next.dc.dcSteps)];
    const codes = [writer.share(dc.codes), writer.share(ac.codes)];
    for (let at = i; at < CHUNK; at += blocks.length) {
      words.set(tables, 2 * at);
      words.set(codes, 2 * at + CODES);
    }
  }
  return { plan: writer.write(words), perMcu: blocks.length };
}
