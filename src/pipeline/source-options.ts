import type { Options } from '../config/schema.ts';
import type { SourceOptions } from '../sources/mod.ts';

export function sourceOptions(options: Options): SourceOptions {
  const { baseUrl, urlKey, urlColumn, inputFormat, maxPageBytes, depth } = options;
  return {
    maxPageBytes,
    linkedPages: depth > 0,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(urlKey !== undefined && { urlKey }),
    ...(urlColumn !== undefined && { urlColumn }),
    ...(inputFormat !== 'auto' && { inputFormat }),
  };
}
