/** Takes credentials out of what people, logs and files get to see. */

const SECRET_HEADER =
  /^(authorization|proxy-authorization|cookie|set-cookie)$|auth|token|secret|session|password|credential|api-?key/i;

/** Whether a header's value must not be shown, nor sent to a host that the user did not name. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADER.test(name);
}

/** The address without user name and password. Text that is no URL loses whatever stands before an `@`. */
export function redactUrl(text: string): string {
  if (!text.includes('@')) return text;
  try {
    const url = new URL(text);
    if (!url.username && !url.password) return text;
    url.username = '';
    url.password = '';
    return url.href;
  } catch {
    return text.replace(/^([a-z][a-z0-9+.-]*:)?(\/\/)?[^/?#]*@/i, '$1$2');
  }
}

/** Takes `user:password@` out of every address within a text, e.g. a library's error message. */
export function redactText(text: string): string {
  // Up to the last @, as a password may hold one; bounded, so that hostile text costs linear time.
  return text.replace(/((?:[a-z][a-z0-9+.-]{0,20}:|(?<![\w/:]))\/\/)[^\s/?#]{1,2000}@/gi, '$1');
}

/** Header values as they may be shown. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretHeader(name) ? '***' : value]),
  );
}
