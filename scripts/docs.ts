/** Writes what docs/ takes from the code: the reference and the JSON Schema. `--check` only compares. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { generatedDocs } from '../src/cli/docs.ts';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
mkdirSync(docs, { recursive: true });
for (const [name, text] of Object.entries(generatedDocs())) {
  const file = join(docs, name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`docs/${name} is not what the code says: run npm run docs\n`);
    process.exitCode = 1;
  }
}
