/** First DC scans of progressive JPEG (ITU-T T.81, G.1.2.1): blocks of one symbol each. */
import { bitsAt } from './bits';
import {
  BLOCKS,
  COMPONENT,
  DC_CODES,
  DC_SYMBOLS,
  OFFSETS,
  PREDICTOR,
  QUANT,
  STEP_X,
  STEP_Y,
  VALUES,
} from './component';
import { signedBits, symbolOf } from './tables';

/** As `readMcus`. */
export function readDcs(
  top: usize,
  at: u32,
  end: u32,
  targets: usize,
  components: u32,
  from: i32,
  count: i32,
  wide: i32,
): i32 {
  let column = from % wide;
  let row = from / wide;
  for (let mcu = 0; mcu < count; mcu++) {
    for (let i: u32 = 0; i < components; i++) {
      const component = targets + <usize>i * COMPONENT;
      const symbols = load<usize>(component, DC_SYMBOLS);
      const codes = load<usize>(component, DC_CODES);
      const values = load<usize>(component, VALUES);
      const offsets = load<usize>(component, OFFSETS);
      const blocks = load<i32>(component, BLOCKS);
      const scale = load<f32>(load<usize>(component, QUANT));
      const base = column * load<i32>(component, STEP_X) + row * load<i32>(component, STEP_Y);
      let predictor = load<i32>(component, PREDICTOR);
      for (let b = 0; b < blocks; b++) {
        const word = bitsAt(top, at);
        const symbol = symbolOf(symbols, codes, word);
        const length = symbol >> 8;
        const size = symbol & 255;
        if (symbol === 0 || size > 16) return ~at;
        predictor += signedBits(word << length, size);
        const place = base + load<i32>(offsets + ((<usize>b) << 2));
        store<f32>(values + ((<usize>place) << 2), <f32>predictor * scale);
        at += length + size;
      }
      store<i32>(component, predictor, PREDICTOR);
    }
    if (at > end) return ~at;
    if (++column === wide) {
      column = 0;
      row++;
    }
  }
  return at;
}
