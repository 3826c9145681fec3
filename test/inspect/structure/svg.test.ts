import { describe, expect, it } from 'vitest';
import { bytes } from '../../../fixtures/assemble.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';

const NS = 'xmlns="http://www.w3.org/2000/svg"';
const read = (text: string) => inspectStructure(new TextEncoder().encode(text));
const size = (attributes: string) => {
  const { width, height } = read(`<svg ${NS} ${attributes}/>`);
  return `${width}×${height}`;
};

describe('SVG', () => {
  it.each([
    ['width="10" height="20"', '10×20'],
    ['width="10.5px" height="1e2"', '11×100'],
    ["width=' +10 ' height='.5e1'", '10×5'],
    ['width="1in" height="2.54cm"', '72×72'],
    ['width="210mm" height="297mm" viewBox="0 0 793.7 1122.5"', '595×842'],
    ['width="2em" height="6pc"', '24×72'],
    ['viewBox="0 0 10.5 20.4"', '11×20'],
    ['viewBox="-5,-5,10,20"', '10×20'],
    ['width="50" viewBox="0 0 10 20"', '50×100'],
    ['height="50" viewBox="0 0 10 20"', '25×50'],
    ['width="100%" height="100%" viewBox="0 0 480 360"', '480×360'],
    ['width="auto" height="-3" viewBox="0 0 10 20"', '10×20'],
    ['', '300×150'],
    ['width="50"', '50×150'],
    ['viewBox="0 0 0 20"', '300×150'],
  ])('%s is %s', (attributes, expected) => {
    expect(size(attributes)).toBe(expected);
  });

  it('puts in entities of its own DTD', () => {
    const file = `<!DOCTYPE svg [<!ENTITY w "12"><!ENTITY n "http://www.w3.org/2000/svg">]>
      <svg xmlns="&n;" width="&w;" height="5"/>`;
    expect(read(file)).toMatchObject({ width: 12, height: 5, state: 'whole' });
  });

  it.each([
    [
      'a comment and CDATA',
      `<svg ${NS}><!-- & < --><style><![CDATA[a<b&c]]></style></svg>\n<!-- bye -->`,
    ],
    ['references', `<svg ${NS}><text a="&#65;">&lt;&#x41;</text></svg>`],
    ['an instruction', `<?xml version="1.0"?><?go <here>?><svg ${NS}/>`],
    [
      'a declared encoding',
      `<?xml version="1.0" encoding="UTF-8"?><svg ${NS}><text>é</text></svg>`,
    ],
  ])('is whole with %s', (_, file) => {
    expect(read(file).state).toBe('whole');
  });

  it.each([
    ['within the tree', `<svg ${NS}><g>`],
    ['within a tag', `<svg ${NS}><g><path d="M 0`],
    ['within a comment', `<svg ${NS}><!-- and then`],
    ['within an end tag', `<svg ${NS}></sv`],
  ])('is truncated %s', (_, file) => {
    expect(read(file).state).toBe('truncated');
  });

  it.each([
    ['tags that do not match', `<svg ${NS}><g></svg>`],
    ['an attribute without quotes', `<svg ${NS}><g a=1></g></svg>`],
    ['an attribute twice', `<svg ${NS}><g a="1" a="2"/></svg>`],
    ['a bare ampersand', `<svg ${NS}><text>a & b</text></svg>`],
    ['an unknown entity', `<svg ${NS}><text>&nbsp;</text></svg>`],
    ['text behind the root', `<svg ${NS}/>junk`],
    ['a second root', `<svg ${NS}/><b/>`],
    ['a declaration behind a blank line', `\n<?xml version="1.0"?><svg ${NS}/>`],
    ['a control character', `<svg ${NS}><text>\0</text></svg>`],
  ])('is damaged with %s', (_, file) => {
    expect(read(file).state).toBe('damaged');
  });

  it('is damaged where its bytes are not of its encoding', () => {
    expect(inspectStructure(bytes(`<svg ${NS}><text>\xe9</text></svg>`)).state).toBe('damaged');
    const declared = bytes(
      `<?xml version="1.0" encoding="ISO-8859-1"?><svg ${NS}><text>\xe9</text></svg>`,
    );
    expect(inspectStructure(declared).state).toBe('whole');
  });

  it('is refused with no area or of another namespace', () => {
    expect(() => read(`<svg ${NS} width="0" height="5"/>`)).toThrow(/0×5/);
    expect(() => read('<svg xmlns="http://example.org/"/>')).toThrow(/namespace/);
  });
});
