import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { parseHtml } from '../../src/extract/parse.ts';
import type { TreeNode } from '../../src/extract/tree.ts';

/** Elements with their attributes, indented; text only where this tree keeps it. */
function outline(root: TreeNode): string[] {
  const lines: string[] = [];
  const visit = (node: TreeNode, depth: number) => {
    for (let child = node.first; child !== null; child = child.next) {
      const isElement = !child.name.startsWith('#');
      if (isElement) {
        const text = child.name === 'style' && child.namespace.endsWith('xhtml') ? child.text : '';
        lines.push(line(depth, child.name, child.attributes, text));
      }
      visit(child, isElement ? depth + 1 : depth);
    }
  };
  visit(root, 0);
  return lines;
}

function plainOutline(html: string): string[] {
  const lines: string[] = [];
  const visit = (node: DefaultTreeAdapterTypes.ParentNode, depth: number) => {
    for (const child of node.childNodes) {
      if (!('tagName' in child)) continue;
      const [text] = child.childNodes;
      const kept =
        child.tagName === 'style' && child.namespaceURI.endsWith('xhtml') && text && 'value' in text
          ? text.value
          : '';
      lines.push(line(depth, child.tagName, child.attrs, kept));
      visit(
        'content' in child ? (child as DefaultTreeAdapterTypes.Template).content : child,
        depth + 1,
      );
    }
  };
  visit(parse(html, { scriptingEnabled: false }), 0);
  return lines;
}

const line = (
  depth: number,
  name: string,
  attributes: readonly { name: string; value: string }[],
  text: string,
) =>
  `${' '.repeat(depth)}${name} ${JSON.stringify(attributes.map((one) => [one.name, one.value]))} ${text}`;

describe('the tree', () => {
  it.each([
    '<!doctype html><p>a<b>b<p>c</b>d<table>x<tr><td>y<img src=a></table>',
    '<table>  <tr><td></td></tr>  x &amp; y</table>',
    '<svg><style>a{b:c}</style><image xlink:href="a&amp;b"/><foreignObject><img></foreignObject></svg>',
    '<title>a&lt;b</title><textarea><img></textarea><noscript><img></noscript><template><tr><td><img></template>',
    '<style>a < b </styl> </style><script>if (a<b) "<!-- <script> </script> -->"</script><img>',
    '<img alt="a\r\nb\rc" title=\'x&quot;\u{1F600}\u0000y\' data-x=a&ampb&notit;>\u{1F600}<p>',
    '<!-- a -- b --!> <img> <!-- <p> - ><-- ---><i><!----><b><!--> <u>',
    '<select><option><img></select><frameset><b>',
    '\u0000<p>\u0000</p><pre>\n\nx</pre><plaintext><img>',
    '<a href="\r\n\ud800">\ud800</a>\r',
  ])('is that of plain parse5 for %j', (html) => {
    expect(outline(parseHtml(html))).toEqual(plainOutline(html));
  });

  const piece = fc.oneof(
    fc.constantFrom(
      ...'< > / = " \' & ; - ! \r \n \u0000 \u{1F600} img p b a table tr td svg style script title noscript template select math <!-- --> </ <p> <b> </b> <i> </p> <table> <tr> <td> </table> <svg> </svg> <style> </style> <script> </script> <title> </title> <noscript> </noscript> <template> </template> <a> &amp; &lt &#65; ]]> <![CDATA[ src="a" x=`y` z'.split(
        ' ',
      ),
      ' ',
      "x='y'",
    ),
    fc.string({ maxLength: 6, unit: 'binary' }),
  );
  it('is that of plain parse5 for whatever comes', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const html = pieces.join('');
        expect(outline(parseHtml(html))).toEqual(plainOutline(html));
      }),
      { numRuns: 1500 },
    );
  });

  it('of a page in several pieces is the same', () => {
    const unit =
      '<p class="x&amp;y">text &amp; <b>bold\r\n<img src="a.jpg" alt=\'é\u{1F600}\'></b><!-- c --></p>\r\n';
    const html = unit.repeat(Math.ceil((1 << 21) / unit.length));
    expect(outline(parseHtml(html)).join() === plainOutline(html).join()).toBe(true);
  });
});
