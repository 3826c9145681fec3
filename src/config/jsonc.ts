/** Reads JSON with comments, strictly: what JSON leaves open (duplicate keys, trailing text) is an error. */
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { TrawlError } from '../errors.ts';

/** A parsed file that knows where each of its values stands. */
export class ConfigText {
  readonly file: string;
  readonly root: Node;
  readonly #text: string;

  /** Throws TrawlError `config` that names file, line and column. */
  constructor(file: string, text: string) {
    this.file = file;
    this.#text = text.replace(/^\uFEFF/, '');
    if (this.#text.trim() === '')
      throw this.error(0, 'the file is empty; see imgtrawl config init');
    const errors: ParseError[] = [];
    const root = parseTree(this.#text, errors, {
      allowTrailingComma: true,
      disallowComments: false,
    });
    const [first] = errors;
    if (first) throw this.error(first.offset, explain(first));
    if (root === undefined) throw this.error(0, 'expected a value');
    this.root = root;
    this.#refuseDuplicates(root);
  }

  /** An error at a place of the file. */
  error(at: number | Node, message: string): TrawlError {
    const offset = typeof at === 'number' ? at : at.offset;
    const before = this.#text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    return new TrawlError('config', `${this.file}:${line}:${column}: ${message}`);
  }

  #refuseDuplicates(root: Node): void {
    const queue = [root];
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      const seen = new Set<string>();
      for (const child of node.children ?? []) {
        const key = node.type === 'object' ? child.children?.[0] : undefined;
        if (key !== undefined) {
          if (seen.has(key.value)) throw this.error(key, `the key "${key.value}" appears twice`);
          seen.add(key.value);
        }
        queue.push(child);
      }
    }
  }
}

/** Key, value pairs of an object node. */
export function* entries(node: Node): Generator<readonly [key: Node, value: Node]> {
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key && value) yield [key, value];
  }
}

function explain(error: ParseError): string {
  switch (printParseErrorCode(error.error)) {
    case 'EndOfFileExpected':
      return 'there is text after the end of the configuration';
    case 'CommaExpected':
      return 'expected a comma';
    case 'ColonExpected':
      return 'expected a colon';
    case 'PropertyNameExpected':
      return 'expected a key in double quotes';
    case 'ValueExpected':
      return 'expected a value';
    case 'CloseBraceExpected':
      return 'expected a comma or }';
    case 'CloseBracketExpected':
      return 'expected a comma or ]';
    case 'InvalidNumberFormat':
      return 'this is not a number';
    case 'UnexpectedEndOfString':
      return 'a string is not closed';
    case 'UnexpectedEndOfComment':
      return 'a comment is not closed';
    default:
      return 'this is not valid JSON';
  }
}
