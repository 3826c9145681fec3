/** Writes CSV by RFC 4180, fields quoted where they must be or all. */
export function stringify(rows: readonly (readonly string[])[], quoteAll: boolean): string {
  const field = (text: string) =>
    quoteAll || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map((row) => `${row.map(field).join(',')}\n`).join('');
}
