/** Who keeps which bytes, where several folders are filled at the same time. */

export interface Claim {
  /** Name of the file, which is that of the bytes: the same in whatever folder. */
  readonly file: string;
  /** It is this folder's. */
  readonly mine: boolean;
}

/**
 * A claim means that the bytes are on a disk already, under a name or ready to get it: who dies on
 * the way there has claimed nothing, and the next one takes them.
 */
export interface Claims {
  /** Undefined while nobody has claimed these bytes. */
  holder(sha256: string): Promise<Claim | undefined>;
  /**
   * Claims them for this folder, unless somebody was first; answers who has them now.
   * @param path where they lie until they get their name
   */
  claim(sha256: string, file: string, path: string): Promise<Claim>;
}
