/**
 * The entropy decoding of sequential JPEG (ITU-T T.81, F.2) as the standard words it, bit by bit, to
 * compare the fast one with. It knows one frame with tables that do not change.
 */

export interface Decoded {
  readonly verdict: 'whole' | 'truncated' | 'broken';
  /** By component and block, row by row of whole MCUs: 64 quantised coefficients in zigzag order. */
  readonly blocks: readonly Int32Array[][];
}

interface Component {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly blocks: Int32Array[];
}

class Broken extends Error {}

/** The bits of one stretch of data between two markers; zeros follow them. */
export class Bits {
  at = 0;
  readonly bytes: number[] = [];
  /** The marker that ends it, 0 at the end of the file; and where it lies. */
  marker = 0;
  markerAt: number;

  constructor(file: Uint8Array, from: number) {
    let at = from;
    for (; at < file.length; at++) {
      if (file[at] !== 0xff) {
        this.bytes.push(file[at]!);
        continue;
      }
      while (file[at + 1] === 0xff) at++;
      if (file[at + 1] !== 0) break;
      this.bytes.push(file[at++]!);
    }
    this.markerAt = Math.min(at, file.length);
    this.marker = file[at + 1] ?? 0;
  }

  next(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.at++) {
      value = value * 2 + (((this.bytes[this.at >> 3] ?? 0) >> (7 - (this.at & 7))) & 1);
    }
    return value;
  }

  symbol(codes: ReadonlyMap<string, number>): number {
    const start = this.at;
    let code = '';
    while (code.length < 16) {
      code += this.next(1);
      const symbol = codes.get(code);
      if (symbol !== undefined) return symbol;
    }
    this.at = start;
    throw new Broken();
  }

  signed(size: number): number {
    const value = this.next(size);
    return size > 0 && value < 2 ** (size - 1) ? value - 2 ** size + 1 : value;
  }

  get over(): boolean {
    return this.at > this.bytes.length * 8;
  }
}

export function decodeSlowly(file: Uint8Array): Decoded {
  const tables = new Map<number, Map<string, number>>();
  let components: Component[] = [];
  let [width, height, restart] = [0, 0, 0];
  let at = 2;
  while (file[at] === 0xff && file[at + 1] !== 0xd9) {
    const marker = file[at + 1]!;
    const length = (file[at + 2]! << 8) | file[at + 3]!;
    // Cut between two scans: not for a decoder of their data to say.
    if (length < 2 || at + 2 + length > file.length) break;
    const payload = file.subarray(at + 4, at + 2 + length);
    at += 2 + length;
    if (marker === 0xc4) readCodes(payload, tables);
    if (marker === 0xdd) restart = (payload[0]! << 8) | payload[1]!;
    if (marker === 0xc0) {
      [height, width] = [(payload[1]! << 8) | payload[2]!, (payload[3]! << 8) | payload[4]!];
      components = Array.from({ length: payload[5]! }, (_, i) => {
        const [id, factors] = payload.subarray(6 + 3 * i);
        return { id: id!, horizontal: factors! >> 4, vertical: factors! & 15, blocks: [] };
      });
    }
    if (marker !== 0xda) continue;
    const members = Array.from({ length: payload[0]! }, (_, i) =>
      components.findIndex(({ id }) => id === payload[1 + 2 * i]),
    );
    const selectors = members.map((_, i) => payload[2 + 2 * i]!);
    const shared = { width, height, restart, tables };
    const scan = readScan(file, at, { components, members, selectors, ...shared });
    if (scan.verdict !== 'whole') return { ...scan, blocks: components.map((c) => c.blocks) };
    at = scan.end;
  }
  return { verdict: 'whole', blocks: components.map((component) => component.blocks) };
}

function readCodes(payload: Uint8Array, tables: Map<number, Map<string, number>>): void {
  for (let at = 0; at < payload.length; ) {
    const codes = new Map<string, number>();
    tables.set(payload[at]!, codes);
    let symbol = at + 17;
    let code = 0;
    for (let length = 1; length <= 16; length++, code *= 2) {
      for (let n = payload[at + length]!; n > 0; n--, code++) {
        codes.set(code.toString(2).padStart(length, '0'), payload[symbol++]!);
      }
    }
    at = symbol;
  }
}

interface Scan {
  readonly components: readonly Component[];
  readonly members: readonly number[];
  /** Of each member: its tables of DC and AC codes, 4 bits each. */
  readonly selectors: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly restart: number;
  readonly tables: ReadonlyMap<number, ReadonlyMap<string, number>>;
}

function readScan(file: Uint8Array, from: number, scan: Scan) {
  const { components, members, selectors, width, height, restart, tables } = scan;
  const across = Math.max(...components.map((c) => c.horizontal));
  const down = Math.max(...components.map((c) => c.vertical));
  const one = components.length === 1;
  const mcusWide = Math.ceil(width / 8 / (one ? 1 : across));
  const mcusHigh = Math.ceil(height / 8 / (one ? 1 : down));
  const alone = members.length === 1;
  const first = components[members[0]!]!;
  const share = (size: number, own: number, most: number) =>
    Math.ceil(Math.ceil((size * (one ? 1 : own)) / (one ? 1 : most)) / 8);
  const wide = alone ? share(width, first.horizontal, across) : mcusWide;
  const high = alone ? share(height, first.vertical, down) : mcusHigh;
  let bits = new Bits(file, from);
  const predictors = components.map(() => 0);
  const fail = () => {
    const cut = bits.over && bits.marker === 0;
    return { verdict: cut ? ('truncated' as const) : ('broken' as const), end: 0 };
  };
  for (let mcu = 0; mcu < wide * high; mcu++) {
    if (restart > 0 && mcu > 0 && mcu % restart === 0) {
      if (bits.marker !== 0xd0 + ((mcu / restart - 1) & 7)) {
        bits.at = Number.POSITIVE_INFINITY;
        return fail();
      }
      bits = new Bits(file, bits.markerAt + 2);
      predictors.fill(0);
    }
    try {
      for (const [i, member] of members.entries()) {
        const dc = tables.get(selectors[i]! >> 4)!;
        const ac = tables.get(0x10 | (selectors[i]! & 15))!;
        const { blocks, horizontal, vertical } = components[member]!;
        const [h, v] = alone ? [1, 1] : [horizontal, vertical];
        const stride = mcusWide * (one ? 1 : horizontal);
        for (let b = 0; b < h * v; b++) {
          const column = (mcu % wide) * h + (b % h);
          const row = Math.floor(mcu / wide) * v + Math.floor(b / h);
          const block = new Int32Array(64);
          const size = bits.symbol(dc);
          predictors[member]! += bits.signed(size);
          block[0] = predictors[member]!;
          for (let k = 1; k < 64; k++) {
            const symbol = bits.symbol(ac);
            if (symbol === 0x00) break;
            k += symbol >> 4;
            const value = bits.signed(symbol & 15);
            if (k < 64) block[k] = value;
          }
          blocks[row * stride + column] = block;
        }
      }
    } catch (error) {
      if (error instanceof Broken) return fail();
      throw error;
    }
    if (bits.over) return fail();
  }
  return { verdict: 'whole' as const, end: bits.markerAt };
}
