/** The fields of a component, as component-table.ts writes them: addresses and numbers of 32 bits each. */

/** By the next 10 bits: code length << 8 | size of the DC difference; 0 for longer codes. */
export const DC_SYMBOLS: usize = 0;
export const DC_CODES: usize = 4;
/** By the next 12 bits: bits of the value << 14 | coefficients << 6 | bits of an AC symbol, or 0. */
export const AC_SYMBOLS: usize = 8;
export const AC_CODES: usize = 12;
export const VALUES: usize = 16;
/**
 * By zigzag index, and beyond it for what lies behind a block: coefficient i of the block whose DC is
 * at `base` goes to `(base & mask[i]) + place[i]`. That is the last place of the values, which nobody
 * reads, for those that are not kept: asking of each whether it is kept would cost more.
 */
export const MASK: usize = 20;
export const PLACE: usize = 24;
export const QUANT: usize = 28;
/** Places of an MCU's blocks relative to its first. */
export const OFFSETS: usize = 32;
export const BLOCKS: usize = 36;
/** Zigzag index after the last coefficient that is kept. */
export const LIMIT: usize = 40;
/** From one MCU to the next across and down. */
export const STEP_X: usize = 44;
export const STEP_Y: usize = 48;
/** DC of the block before, before dequantisation. */
export const PREDICTOR: usize = 52;
/** Bytes from one component to the next. */
export const COMPONENT: usize = 64;
