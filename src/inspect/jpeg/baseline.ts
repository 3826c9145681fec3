/** Baseline and extended sequential scans (T.81, F.2): what the core's hot loop needs to know of one. */
import { proceed } from './bit-stream.ts';
import { type CodedComponent, writeComponents } from './component-table.ts';
import { core, TableWriter } from './memory.ts';
import { type McuReader, placesOfMcu, type ScanHeader } from './scan.ts';

/** Blocks that a plan describes (core/blocks.ts), and words of it: two for each of them, two more behind all. */
const PLANNED = 512;
const CODES = 2 * PLANNED;
const PLAN = 2 * CODES;
/** Bytes for the places of blocks (core/ahead.ts): 3 × 2¹³ of them, and some plans more. */
const PLACES = 4 * (3 * (1 << 13) + 4 * PLANNED);

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
  const { plan, period, perMcu } = planOf(components, writer);
  const places = writer.reserve(PLACES);
  const { readMcus } = core();
  return {
    read(bits, from, count, wide) {
      const { top, at, end } = bits;
      const targets = [table.address, components.length] as const;
      const blocks = [plan, period, perMcu, places] as const;
      proceed(bits, readMcus(top, at, end, ...targets, ...blocks, from, count, wide));
    },
    restart: table.restart,
  };
}

type Coded = Required<CodedComponent>;

/** A plan, the number of blocks after which it repeats, and that of an MCU's. */
function planOf(components: readonly Coded[], writer: TableWriter) {
  const alone = components.length === 1;
  const blocks = components.flatMap(({ scanned, dc, ac }) => {
    const block = {
      dcSteps: writer.share(dc.dcSteps),
      steps: writer.share(ac.steps),
      codes: [writer.share(dc.codes), writer.share(ac.codes)],
    };
    return new Array<typeof block>(placesOfMcu(scanned.component, alone).offsets.length).fill(
      block,
    );
  });
  const perMcu = blocks.length;
  const same = (i: number, k: number) =>
    blocks[i]!.steps === blocks[k]!.steps && blocks[i]!.dcSteps === blocks[k]!.dcSteps;
  let period = 1;
  while (perMcu % period !== 0 || !blocks.every((_, i) => same(i, (i + period) % perMcu))) period++;
  const words = new Int32Array(PLAN);
  for (let i = 0; i < period; i++) {
    words.set([blocks[i]!.steps, blocks[(i + 1) % perMcu]!.dcSteps], 2 * i);
    words.set(blocks[i]!.codes, 2 * i + CODES);
  }
  for (const part of [words.subarray(0, CODES), words.subarray(CODES)]) {
    for (let n = 2 * period; n < CODES; n *= 2) part.copyWithin(n, 0, n);
  }
  return { plan: writer.write(words), period, perMcu };
}
