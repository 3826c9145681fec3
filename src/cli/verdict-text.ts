/** What bound a run, in one line. */
import type { RunVerdict } from '../pipeline/verdict.ts';
import { bytesText } from './text.ts';

/** `I/O-bound: 94 % waiting on a.example at its limit of 8; workers 11 % busy. …` */
export function verdictText(verdict: RunVerdict): string {
  switch (verdict.bound) {
    case 'network':
      return `I/O-bound: ${networkText(verdict)}`;
    case 'compute':
      return `Compute-bound: ${computeText(verdict)}`;
    case 'startup':
      return 'Bound by the start of the decoder: too short a run for any option to help.';
    case 'balanced': {
      const { network, compute } = verdict;
      return `Balanced: ${percent(network)} waiting on the network, ${percent(compute)} on decoding. No single option would help much.`;
    }
  }
}

function computeText({ cause, compute, network, workers, workersBusy, help }: RunVerdict): string {
  if (cause === 'main-thread') {
    return `the main thread was ${percent(compute)} busy with comparing and writing. No option would help.`;
  }
  const who = workers === 1 ? 'the worker' : `all ${workers} workers`;
  const what = `${percent(compute)} decoding, ${who} ${percent(workersBusy)} busy; ${percent(network)} waiting on the network.`;
  return help?.startsWith('--workers')
    ? `${what} More workers would help: ${help}.`
    : `${what} There is no core for more workers; ${help} decodes nothing.`;
}

function networkText(verdict: RunVerdict): string {
  const { cause, network, host, limit, rate = 0, help, workers, workersBusy } = verdict;
  const part = percent(network);
  const busy = workers > 0 ? `; workers ${percent(workersBusy)} busy` : '';
  switch (cause) {
    case 'per-host-limit':
      return `${part} waiting on ${host} at its limit of ${limit}${busy}. More per-host connections would help: ${help}.`;
    case 'total-limit':
      return help === undefined
        ? `${part} waiting on ${host}, ${limit} requests in flight in all${busy}. No option would help.`
        : `${part} waiting on ${host} at the limit of ${limit} in all${busy}. More requests at once would help: ${help}.`;
    case 'bandwidth':
      return `${part} receiving from ${host} at ${bytesText(rate)}/s${busy}. The line or the server gives no more; no option would help.`;
    case 'bandwidth-option':
      return `${part} receiving at ${bytesText(rate)}/s, as --bandwidth says${busy}. More would help: ${help}.`;
    case 'delay':
      return help === undefined
        ? `${part} waiting between requests as robots.txt of ${host} asks${busy}. No option would help.`
        : `${part} waiting between requests to ${host}${busy}. A shorter wait would help: ${help}.`;
    case 'server-wait':
      return `${part} waiting on ${host}, which asked to be left alone${busy}. ${help === undefined ? 'No option would help.' : `Asking less often would spare the waits: ${help}.`}`;
    case 'retries':
      return `${part} waiting to ask ${host} again after failures${busy}. No option would help.`;
    case 'server-load':
      return `${part} waiting on ${host}, which answers the more slowly the more it is asked${busy}. No option would help.`;
    default:
      return `${part} waiting for ${host} to answer${busy}. No option would help.`;
  }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
