import { describe, expect, test } from 'vitest';
import { Recent } from '../src/recent.ts';

function counted() {
  const asked: string[] = [];
  const recent = new Recent((text) => {
    asked.push(text);
    return text.length;
  });
  return { asked, recent };
}

describe('Recent', () => {
  test('asks once for what it was asked for lately', () => {
    const { asked, recent } = counted();
    const texts = Array.from({ length: 500 }, (_, i) => 'x'.repeat(i));
    for (const text of [...texts, ...texts]) expect(recent.get(text)).toBe(text.length);
    expect(asked).toEqual(texts);
  });

  test('keeps what is asked for again and again, and forgets the rest', () => {
    const { asked, recent } = counted();
    for (let i = 0; i < 10_000; i++) {
      recent.get('again');
      recent.get(`once ${i}`);
    }
    expect(asked.filter((text) => text === 'again')).toHaveLength(1);
    asked.length = 0;
    expect(recent.get('once 0')).toBe(6);
    expect(asked).toEqual(['once 0']);
  });

  test('does not keep long texts', () => {
    const { asked, recent } = counted();
    const long = 'x'.repeat(1025);
    expect(recent.get(long) + recent.get(long)).toBe(2050);
    expect(asked).toHaveLength(2);
  });
});
