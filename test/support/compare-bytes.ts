/** vitest compares typed arrays value by value, which takes seconds for each million: those that are equal are told at once. */
import { expect } from 'vitest';

const bytesOf = (value: unknown): Buffer | undefined =>
  ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : undefined;

expect.addEqualityTesters([
  (a, b) => {
    if (a?.constructor !== b?.constructor) return undefined;
    const [one, other] = [bytesOf(a), bytesOf(b)];
    // Where they differ is for vitest to say.
    return (one !== undefined && other !== undefined && one.equals(other)) || undefined;
  },
]);
