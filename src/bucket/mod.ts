/**
 * A bucket of an S3-compatible server as a second place for images: address.ts says where it is,
 * credentials.ts who we are there, bucket.ts puts an object unless it is there, and answer.ts reads what
 * the server says to that.
 */
export { type BucketAddress, parseBucket } from './address.ts';
export { Bucket, type BucketDeps, MAX_OBJECT_BYTES } from './bucket.ts';
export { type Credentials, findCredentials } from './credentials.ts';
