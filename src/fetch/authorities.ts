/** Checks what `--ca` names: OpenSSL passes over what it cannot read, and every server would be distrusted. */
import { X509Certificate } from 'node:crypto';
import { TrawlError } from '../errors.ts';

const BLOCK = /-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END \1CERTIFICATE-----/g;

/** Throws `config` when `text` has no certificate in PEM, or one that cannot be read. */
export function checkAuthorities(text: string, file: string): void {
  const blocks = text.match(BLOCK) ?? [];
  const expected = 'expected "-----BEGIN CERTIFICATE-----", base64 and "-----END CERTIFICATE-----"';
  if (blocks.length === 0) {
    throw new TrawlError('config', `The CA file ${file} holds no certificate in PEM (${expected})`);
  }
  for (const [i, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      const text = `Certificate ${i + 1} of ${blocks.length} in the CA file ${file} cannot be read`;
      throw new TrawlError('config', text, { cause });
    }
  }
}
