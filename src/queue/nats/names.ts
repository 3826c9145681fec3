/** What a queue is called inside NATS. The last part keeps `a` and `a_dead` apart. */
export interface QueueNames {
  readonly todo: string;
  readonly dead: string;
  readonly claims: string;
  readonly shards: string;
  readonly workers: string;
  /** Subject of a shard. */
  todoSubject(bucket: number | '*', id: string): string;
  deadSubject(id: string): string;
}

export function queueNames(name: string): QueueNames {
  return {
    todo: `imgtrawl_${name}_todo`,
    dead: `imgtrawl_${name}_dead`,
    claims: `imgtrawl_${name}_claims`,
    shards: `imgtrawl_${name}_shards`,
    workers: `imgtrawl_${name}_workers`,
    todoSubject: (bucket, id) => `imgtrawl.${name}.todo.${bucket}.${id}`,
    deadSubject: (id) => `imgtrawl.${name}.dead.${id}`,
  };
}

export const consumerName = (bucket: number): string => `bucket-${bucket}`;

/** Undefined for a consumer that is none of ours. */
export function bucketOfConsumer(name: string): number | undefined {
  const digits = /^bucket-(\d+)$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The errors of JetStream that are an answer here. https://github.com/nats-io/nats-server/blob/main/server/errors.json */
export const API = {
  wrongLastSequence: 10071,
  wrongLastSequenceUnknown: 10164,
  maximumPerSubject: 10077,
  streamNotFound: 10059,
  streamNameInUse: 10058,
} as const;
