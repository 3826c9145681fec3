/**
 * The signed value of `size` extra bits (0–16) at the head of `word` (T.81, F.2.2.1). Without
 * branches: the sign is a coin toss, and a wrong guess costs more than the arithmetic.
 */
export function signedBits(word: number, size: number): number {
  const bits = (word >>> 1) >>> (31 - size);
  // 0 when the leading bit is set, −1 when the value is negative.
  const negative = ((bits << 1) >>> size) - 1;
  return bits + (negative & (1 - (1 << size)));
}
