/** Which answers go wrong: decided by seed, address and how often it was asked for, nothing else. */

export type Fault = 'busy' | 'reset' | 'cut' | 'stall';

/** Shares of the requests, together at most 1. */
export type FaultShares = Readonly<Partial<Record<Fault, number>>>;

/** Shape D of the fetch benchmark. */
export const USUAL_FAULTS: FaultShares = { busy: 0.05, reset: 0.02, cut: 0.02, stall: 0.01 };

/** From this attempt on nothing goes wrong, so that whoever tries again gets everything. */
const LAST_FAULTY_ATTEMPT = 2;

export interface Decision {
  readonly fault: Fault;
  /** From 0 to 1, for the fault to choose its form by. */
  readonly variant: number;
}

/** @param attempt 1 for the first request of the address */
export function faultOf(
  seed: number,
  path: string,
  attempt: number,
  shares: FaultShares,
): Decision | undefined {
  if (attempt > LAST_FAULTY_ATTEMPT) return undefined;
  let at = hash(`${seed}\n${attempt}\n${path}`) / 2 ** 32;
  for (const [fault, share] of Object.entries(shares)) {
    if (at < share) return { fault: fault as Fault, variant: at / share };
    at -= share;
  }
  return undefined;
}

/** FNV-1a with MurmurHash3's finish, which spreads addresses that differ in their last digit. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
