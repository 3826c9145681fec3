/** Turns what undici, TLS, DNS and the file system throw into errors a user can act on. */
import { type ErrorCode, TrawlError } from '../errors.ts';
import { redactText, redactUrl } from './redact.ts';

interface Reason {
  readonly code: ErrorCode;
  readonly text: string;
}

const REASONS: Readonly<Record<string, Reason>> = {
  ENOTFOUND: { code: 'dns', text: 'its host name is not known' },
  ENODATA: { code: 'dns', text: 'its host name has no address' },
  EAI_AGAIN: { code: 'dns', text: 'the name server did not answer' },
  EAI_FAIL: { code: 'dns', text: 'the name server failed' },
  EAI_NODATA: { code: 'dns', text: 'its host name has no address' },
  ESERVFAIL: { code: 'dns', text: 'the name server failed' },
  ETIMEOUT: { code: 'dns', text: 'the name server did not answer' },
  ECONNREFUSED: { code: 'connect', text: 'the server refused the connection' },
  EHOSTUNREACH: { code: 'connect', text: 'the host cannot be reached' },
  ENETUNREACH: { code: 'connect', text: 'the network cannot be reached' },
  EHOSTDOWN: { code: 'connect', text: 'the host is down' },
  ENETDOWN: { code: 'connect', text: 'the network is down' },
  EADDRNOTAVAIL: { code: 'connect', text: 'no local address or port is free' },
  EMFILE: {
    code: 'connect',
    text: 'too many files are open (raise ulimit -n, or lower --concurrency)',
  },
  ENFILE: { code: 'connect', text: 'too many files are open on this machine' },
  UND_ERR_PRX_CONN: { code: 'connect', text: 'the proxy closed the connection' },
  UND_ERR_SOCKS5: { code: 'connect', text: 'the SOCKS proxy refused the connection' },
  UND_ERR_PRX_TLS: { code: 'tls', text: 'the proxy speaks no TLS' },
  UND_ERR_CONNECT_TIMEOUT: { code: 'timeout', text: 'the connection took too long' },
  ETIMEDOUT: { code: 'timeout', text: 'the connection took too long' },
  UND_ERR_HEADERS_TIMEOUT: { code: 'timeout', text: 'no answer came in time' },
  UND_ERR_BODY_TIMEOUT: { code: 'timeout', text: 'the body stalled' },
  ECONNRESET: { code: 'reset', text: 'the server broke the connection' },
  ECONNABORTED: { code: 'reset', text: 'the connection was broken' },
  EPIPE: { code: 'reset', text: 'the server broke the connection' },
  UND_ERR_SOCKET: { code: 'reset', text: 'the server closed the connection' },
  UND_ERR_INFO: { code: 'reset', text: 'the connection was closed' },
  UND_ERR_CLOSED: { code: 'reset', text: 'the connection was closed' },
  UND_ERR_DESTROYED: { code: 'reset', text: 'the connection was closed' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    code: 'short-body',
    text: 'the body has another length than its Content-Length says',
  },
  HPE_INVALID_EOF_STATE: { code: 'short-body', text: 'the connection closed within the body' },
  UND_ERR_HEADERS_OVERFLOW: { code: 'bad-response', text: 'the response headers are too large' },
  EPROTO: { code: 'tls', text: 'the TLS handshake failed' },
  ENOSPC: { code: 'disk-full', text: 'the disk is full' },
  EDQUOT: { code: 'disk-full', text: 'the disk quota is used up' },
  EROFS: { code: 'output-not-writable', text: 'the partial folder is read-only' },
  EACCES: { code: 'output-not-writable', text: 'the partial folder cannot be written' },
  EPERM: { code: 'output-not-writable', text: 'the partial folder cannot be written' },
  ENOTDIR: { code: 'output-not-a-folder', text: 'the partial folder cannot be made in a file' },
  EEXIST: { code: 'output-not-a-folder', text: 'the partial folder is a file' },
  EIO: { code: 'output-not-writable', text: 'the disk reports an error' },
};

const TLS_CODE =
  /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/**
 * The error for a request to `url` that ended with `error`. What was already classified, and the
 * reason of an abort, pass through.
 */
export function classify(error: unknown, url: string): TrawlError {
  if (error instanceof TrawlError) return error;
  const { code, text } = reasonOf(error);
  return new TrawlError(code, `${redactUrl(url)} failed: ${text}`, { cause: error });
}

/** The error for an abort: the signal's own reason when that is one of ours. */
export function interrupted(signal: AbortSignal): TrawlError {
  const reason: unknown = signal.reason;
  return reason instanceof TrawlError
    ? reason
    : new TrawlError('interrupted', 'The request was interrupted', { cause: reason });
}

function reasonOf(error: unknown): Reason {
  const errorCode = codeOf(error);
  const known = REASONS[errorCode];
  if (known) return known;
  const detail = redactText(error instanceof Error ? error.message : String(error)).slice(0, 300);
  if (TLS_CODE.test(errorCode) || /certificate|self.signed|UnknownIssuer/i.test(detail)) {
    return {
      code: 'tls',
      text: `its certificate or TLS is not acceptable (${errorCode || detail})`,
    };
  }
  if (error instanceof Error && error.name === 'HTTPParserError') return reasonOfParser(error);
  // undici asserts what it expects of a server, and Node may fail to quote an assertion of a bundled file.
  if (errorCode === 'ERR_ASSERTION' || error instanceof SyntaxError)
    return { code: 'bad-response', text: 'the answer is no valid HTTP' };
  if (errorCode.startsWith('ERR_HTTP2_'))
    return { code: 'reset', text: `HTTP/2 failed (${errorCode})` };
  // Deno's sockets name errors by class, and its messages keep the system's words.
  if (/refused/i.test(detail)) return REASONS.ECONNREFUSED as Reason;
  if (/reset|closed|broken pipe|other side/i.test(detail)) return REASONS.ECONNRESET as Reason;
  return { code: 'connect', text: `${errorCode ? `${errorCode}: ` : ''}${detail}` };
}

/** undici leaves the parser's code out and puts its reason into the message; an end too early has none. */
function reasonOfParser({ message }: Error): Reason {
  const reason = /\(([\x20-\x7e]{1,100})\)/.exec(message)?.[1];
  if (!reason || /EOF/.test(reason)) return REASONS.HPE_INVALID_EOF_STATE as Reason;
  return { code: 'bad-response', text: `the answer is no valid HTTP (${reason})` };
}

/** The first code in the chain of causes that says something; attempts on several addresses come as one AggregateError. */
function codeOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return '';
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && code in REASONS && code !== 'UND_ERR_INFO') return code;
  const inner = codeOf(error.cause, depth + 1);
  if (inner) return inner;
  if (error instanceof AggregateError) {
    for (const part of error.errors) {
      const partCode = codeOf(part, depth + 1);
      if (partCode) return partCode;
    }
  }
  return typeof code === 'string' ? code : '';
}
