/** Huffman tables (ITU-T T.81, annex C and F.2.2.3). Look-up tables are made when first needed. */
import { acSymbolEntries, dcStepEntries, stepEntries } from './step-tables.ts';

/** Bits that one look-up of `symbols` sees. Longer codes are rare and go the slow way. */
export const SYMBOL_BITS = 10;

export class HuffmanTable {
  /** By the next {@link SYMBOL_BITS} bits: code length << 8 | symbol; 0 for long or invalid codes. */
  readonly symbols = new Uint16Array(1 << SYMBOL_BITS);
  /** By code length (1–16): first code after the last one of this length, left-aligned to 16 bits. */
  readonly limits = new Int32Array(17);
  /** By code length: add to a code, right-aligned, for the index of its symbol. */
  readonly bases = new Int32Array(17);
  readonly values: Uint8Array;
  readonly #counts: Uint8Array;
  #codes: Int32Array | undefined;
  #dcSteps: Uint16Array | undefined;
  #steps: Uint16Array | undefined;
  #acSymbols: Int32Array | undefined;

  /** Throws a RangeError when the codes do not fit into their bits. */
  constructor(counts: Uint8Array, values: Uint8Array) {
    this.values = values;
    this.#counts = counts;
    let code = 0;
    let index = 0;
    for (let length = 1; length <= 16; length++) {
      this.bases[length] = index - code;
      for (let n = counts[length - 1]!; n > 0; n--, code++, index++) {
        if (code >= 1 << length) throw new RangeError('Huffman codes do not fit into their bits');
        const free = SYMBOL_BITS - length;
        if (free < 0) continue;
        this.symbols.fill((length << 8) | values[index]!, code << free, (code + 1) << free);
      }
      this.limits[length] = code << (16 - length);
      code <<= 1;
    }
  }

  /** As the core reads codes that are longer than a look-up (core/tables.ts). */
  get codes(): Int32Array {
    if (this.#codes) return this.#codes;
    const { limits, bases, values } = this;
    const head = limits.length + bases.length;
    const codes = new Int32Array(head + Math.ceil(values.length / 4));
    codes.set(limits);
    codes.set(bases, limits.length);
    new Uint8Array(codes.buffer).set(values, 4 * head);
    this.#codes = codes;
    return codes;
  }

  /** See {@link dcStepEntries}. */
  get dcSteps(): Uint16Array {
    this.#dcSteps ??= dcStepEntries(this.#counts, this.values);
    return this.#dcSteps;
  }

  /** See {@link stepEntries}. */
  get steps(): Uint16Array {
    this.#steps ??= stepEntries(this.#counts, this.values);
    return this.#steps;
  }

  /** See {@link acSymbolEntries}. */
  get acSymbols(): Int32Array {
    this.#acSymbols ??= acSymbolEntries(this.#counts, this.values);
    return this.#acSymbols;
  }
}

/** Tables by their definition: most files use those of the standard's annex K. */
const known = new Map<string, HuffmanTable>();
/** 2–34 KB each. */
const KNOWN_MAX = 64;

/**
 * The table of a DHT segment: `counts` codes of each length 1–16, then their symbols.
 * Returns undefined when the codes do not fit into their bits.
 */
export function huffmanTable(counts: Uint8Array, values: Uint8Array): HuffmanTable | undefined {
  const key = String.fromCharCode(...counts, ...values);
  let table = known.get(key);
  if (!table) {
    try {
      table = new HuffmanTable(counts.slice(), values.slice());
    } catch {
      return undefined;
    }
    if (known.size >= KNOWN_MAX) known.delete(known.keys().next().value!);
    known.set(key, table);
  }
  return table;
}
