import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html, jsonForScript, linkTo } from '../../src/report/html.ts';

describe('what is put into a template', () => {
  test('is escaped, in text and in attributes', () => {
    const text = `<img src=x onerror="alert('1')">&amp;`;
    expect(html`<p title="${text}">${text}</p>`.text).toBe(
      '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;">' +
        '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;</p>',
    );
  });

  test('stays HTML when it is HTML; nothing leaves nothing; lists are joined', () => {
    expect(html`${html`<b>${'&'}</b>`}${false}${undefined}${[1, html`<i>`, '<']}`.text).toBe(
      '<b>&amp;</b>1<i>&lt;',
    );
  });

  test('never opens a tag or ends an attribute, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`${text}`.text).not.toMatch(/[<>"'\0]/);
      }),
    );
  });
});

test.each([
  ['https://a.test/x?a=1&b=2', '<a href="https://a.test/x?a=1&amp;b=2" rel="noreferrer noopener">'],
  ['javascript:alert(1)', undefined],
  ['java\tscript:alert(1)', undefined],
  [' javascript:alert(1)', undefined],
  ['data:text/html,<script>alert(1)</script>', undefined],
  ['file:///etc/passwd', undefined],
  ['x.jpg', undefined],
])('%j is a link only when a browser may follow it', (url, link) => {
  const { text } = linkTo(url);
  if (link === undefined) expect(text).not.toContain('<a');
  else expect(text).toContain(link);
});

test('JSON in a script reads back the same, and ends no script', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('</script>', '<!--', '<script', ''),
      (value, bad) => {
        const given = { value, bad };
        const { text } = jsonForScript(given);
        expect(text).not.toContain('<');
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(given)));
      },
    ),
  );
});
