/**
 * Parts of undici that load without its fetch(), WebSocket, EventSource and mocks, which are half of
 * its 60 ms; its own types cover the whole only.
 */

declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici';
}

declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici';
}

declare module 'undici/lib/core/connect.js' {
  export { buildConnector as default } from 'undici';
}
