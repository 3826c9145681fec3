/** The catalog for other programs: text to print, Parquet, WebDataset. All of them stream. */
export { COLUMNS, csvLines, jsonLines } from './lines.ts';
export { writeParquet } from './parquet.ts';
export { type WebdatasetOptions, type WebdatasetResult, writeWebdataset } from './webdataset.ts';
