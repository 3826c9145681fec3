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

declare module 'undici/lib/dispatcher/dispatcher.js' {
  export { Dispatcher as default } from 'undici';
}

declare module 'undici/lib/dispatcher/proxy-agent.js' {
  export { ProxyAgent as default } from 'undici';
}

/** What undici's own entry adds to each Dispatcher: `connect`, `request`, `stream`, … */
declare module 'undici/lib/api/index.js' {
  const methods: Readonly<Record<string, (...args: never[]) => unknown>>;
  export default methods;
}
