import { expect, test } from 'vitest';
import { objectUrl, parseBucket } from '../../src/bucket/address.ts';

const parse = (target: string, more: { endpoint?: string; region?: string; env?: object } = {}) =>
  parseBucket({
    target,
    endpoint: more.endpoint,
    region: more.region,
    env: { ...more.env },
  });

test.each([
  ['s3://photos', 'https://s3.us-east-1.amazonaws.com/photos/x.jpg'],
  ['s3://photos/', 'https://s3.us-east-1.amazonaws.com/photos/x.jpg'],
  ['s3://photos/2026/may', 'https://s3.us-east-1.amazonaws.com/photos/2026/may/x.jpg'],
  ['S3://my.bucket_1/a/', 'https://s3.us-east-1.amazonaws.com/my.bucket_1/a/x.jpg'],
  [
    's3://photos/a b+(ü)?#%2F',
    'https://s3.us-east-1.amazonaws.com/photos/a%20b%2B%28%C3%BC%29%3F%23%252F/x.jpg',
  ],
])('%s is an address', (target, url) => {
  expect(objectUrl(parse(target), 'x.jpg').href).toBe(url);
});

test.each([
  '',
  'photos',
  's3://',
  's3:///a',
  's3://x',
  's3://AKIAEXAMPLE:hidden@photos',
  's3://photos/a//b',
  's3://photos/../other',
  's3://photos/a/./b',
  's3://photos/a\nb',
  `s3://photos/${'x'.repeat(901)}`,
])('%j is none, and is not repeated', (target) => {
  expect(() => parse(target)).toThrow(/^--s3: /);
  expect(() => parse(target)).not.toThrow(/hidden|xxx/);
});

test('the endpoint and the region come from the options, then from the environment', () => {
  const env = { AWS_ENDPOINT_URL: 'http://all:1', AWS_DEFAULT_REGION: 'eu-west-1' };
  const near = { ...env, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000/', AWS_REGION: 'garage' };
  expect(parse('s3://photos', { env })).toMatchObject({
    endpoint: 'http://all:1',
    region: 'eu-west-1',
  });
  expect(parse('s3://photos', { env: near })).toMatchObject({
    endpoint: 'http://127.0.0.1:9000',
    region: 'garage',
  });
  const given = { endpoint: 'https://h.example/storage/v1/s3/', region: 'auto', env: near };
  expect(objectUrl(parse('s3://photos/p', given), 'x').href).toBe(
    'https://h.example/storage/v1/s3/photos/p/x',
  );
  expect(parse('s3://photos', { region: 'cn-north-1' }).endpoint).toBe(
    'https://s3.cn-north-1.amazonaws.com.cn',
  );
});

test.each(['h.example', 'ftp://h.example', 'https://me:hidden@h.example', 'https://h/?a=hidden'])(
  'the endpoint %s is none, and is not repeated',
  (endpoint) => {
    expect(() => parse('s3://photos', { endpoint })).toThrow(/^--s3-endpoint: /);
    expect(() => parse('s3://photos', { endpoint })).not.toThrow(/hidden/);
  },
);

test('a region is a name', () => {
  expect(() => parse('s3://photos', { region: 'x.evil.example/' })).toThrow(/^--s3-region: /);
});
