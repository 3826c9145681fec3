/** Parts of css-tree that load without its tables of properties (60 ms); @types covers the whole only. */

declare module 'css-tree/tokenizer' {
  export { tokenize, tokenTypes } from 'css-tree';
}

declare module 'css-tree/utils' {
  interface TextCoder {
    decode(text: string): string;
    encode(text: string): string;
  }
  export const ident: TextCoder;
  export const string: TextCoder;
  export const url: TextCoder;
}
