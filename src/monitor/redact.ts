/** A log is read by more people than a terminal, and kept: what opens doors is taken out of it. */
import { redactText } from '../fetch/redact.ts';

/** Names of query parameters whose values are secrets on most sites that have them. */
const SECRET_PARAMETER =
  /([?&;](?:[\w.-]{0,40}(?:token|secret|signature|password|passwd|credential)[\w.-]{0,40}|(?:api|access|auth)[_-]?key|apikey|key|sig|auth|session|sid|pwd)=)[^&#;\s"'\\]+/gi;

/** The text without `user:password@` and without the values of secret parameters in addresses. */
export function redactLine(text: string): string {
  return redactText(text).replace(SECRET_PARAMETER, '$1***');
}
