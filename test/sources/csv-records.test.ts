import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvRecords } from '../../src/sources/csv-records.ts';
import { stringify } from './csv-stringify.ts';

function records(text: string, size: number): (readonly string[])[] {
  const reader = new CsvRecords(',');
  const found = [];
  for (let at = 0; at < text.length; at += size)
    found.push(...reader.push(text.slice(at, at + size)));
  found.push(...reader.end());
  return found.map((record) => {
    if (record.kind === 'problem') throw new Error(record.message);
    return record.fields;
  });
}

// Line ends inside fields become `\n`, and a field's own outer white space is not kept when quoted.
const cell = fc
  .array(fc.constantFrom('a', 'é', '"', ',', '\n', ';', "'", 'x y'), { maxLength: 6 })
  .map((parts) => parts.join('').trim());
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }),
  )
  .map((rows) => rows.filter((row) => row.length > 1 || row[0] !== ''));

test('reads back what was written, whatever the chunks are, as csv-parse does', () => {
  fc.assert(
    fc.property(table, fc.boolean(), fc.integer({ min: 1, max: 7 }), (rows, quoteAll, size) => {
      const text = stringify(rows, quoteAll);
      expect(records(text, size)).toEqual(rows);
      expect(records(text, 1 << 20)).toEqual(parse(text, { skip_empty_lines: true }));
    }),
    { numRuns: 300 },
  );
});
