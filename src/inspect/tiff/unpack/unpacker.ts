/** What every compression of this folder is to the rest. */

/** Takes one row after the other; `row` lies in the core's memory and is valid until the next one. */
export type TakeRow = (row: Uint8Array) => void;

/** Rows of a block. */
export interface Shape {
  readonly rows: number;
  /** Whole bytes; none is shared by two rows. */
  readonly rowBytes: number;
}

export interface Unpacker {
  /** What it needs of the core's memory, for rows of so many bytes. */
  rooms(rowBytes: number): number[];
  /**
   * Hands out the rows of the block whose data are `source`.
   * @param rooms as {@link rooms} wants them
   * @returns false when the data end before, or make no sense
   */
  unpack(
    source: Uint8Array,
    shape: Shape,
    rooms: readonly Uint8Array<ArrayBuffer>[],
    take: TakeRow,
  ): boolean;
}
