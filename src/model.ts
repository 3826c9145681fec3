/** The types that travel from stage to stage. No code lives here. */

/** Where an address was found; printed as `from`. */
export type Place = string;

/** How public the place of a document is, from least to most public (Private Network Access). */
export type AddressSpace = 'local' | 'private' | 'public';

/** One address under which a picture may be had. */
export interface Candidate {
  /** Absolute, normalised, without fragment. */
  readonly url: string;
  readonly from: Place;
  /** Pixels, as far as the document tells (a `w` descriptor, a size in the address). */
  readonly width?: number;
  /** Pixel density descriptor (`2x` is 2). */
  readonly density?: number;
  /** MIME type the document declares. */
  readonly type?: string;
}

/** One picture that a source names, with every address it may be had under, best first. */
export interface ImageRef {
  /** Number of the picture within its source, from 1; ties the candidates together in `list --all`. */
  readonly group: number;
  /** Never empty; the first is the chosen one, the others are fallbacks. */
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** Address of the document that names it. Absent when the user named the address. */
  readonly page?: string;
  readonly alt?: string;
  /** How public the naming document is; absent when the user named the address: no limits then. */
  readonly space?: AddressSpace;
}

/** A body that arrived whole. */
export type Body =
  | { readonly in: 'memory'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A complete partial file, which who takes it renames or removes. */
  | { readonly in: 'file'; readonly path: string; readonly copy?: BodyCopy };

/** The bytes of a body that is in a file; gone once it is disposed of, which does no harm to the file. */
export interface BodyCopy extends Disposable {
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

/** What the fetch pool delivers for one address. */
export interface Fetched {
  /** As asked for. */
  readonly url: string;
  /** After redirects. */
  readonly finalUrl: string;
  /** 200, or 304 when validators were sent and nothing changed (then `body` is empty). */
  readonly status: number;
  readonly body: Body;
  /** Length of the body in bytes. */
  readonly bytes: number;
  /** Of the body, lower-case hex. */
  readonly sha256: string;
  readonly contentType?: string;
  readonly etag?: string;
  readonly lastModified?: string;
  /** Value of X-Robots-Tag, joined with commas. */
  readonly robotsTag?: string;
  /** How public the address is that was connected to. */
  readonly space: AddressSpace;
  /** Requests sent, 1 without a retry. */
  readonly attempts: number;
  /** From the first request to the last byte, waits included. */
  readonly ms: number;
  /** When its turn had come and the first request was sent, in ms since 1970; absent when none was. */
  readonly sentAt?: number;
  /** From there to the last byte, in ms. */
  readonly wireMs?: number;
}

export type ImageFormat =
  | 'jpeg'
  | 'png'
  | 'gif'
  | 'webp'
  | 'avif'
  | 'tiff'
  | 'svg'
  | 'jxl'
  | 'bmp'
  | 'ico'
  | 'cur'
  | 'heic'
  | 'jp2'
  | 'psd'
  | 'qoi'
  | 'pnm'
  | 'dds'
  | 'tga'
  | 'hdr'
  | 'exr'
  | 'farbfeld';

/** What is known of an image's bytes. Sizes in pixels. */
export interface Inspection {
  readonly format: ImageFormat;
  /** As stored, before EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1–8; absent is 1. Width and height as shown are swapped for 5–8. */
  readonly orientation?: number;
  /** Frames of an animation, pages of a TIFF; absent is 1. */
  readonly frames?: number;
  /** An ICC profile is embedded. */
  readonly profile?: boolean;
  /** PDQ hash of the picture as shown, 64 lower-case hex digits; absent when not decoded. */
  readonly pdq?: string;
  /** PDQ quality, 0–100. */
  readonly quality?: number;
  /** PDQ hashes of the eight orientations, by the names of inspect/pdq; only when asked for. */
  readonly dihedral?: Readonly<Record<string, string>>;
  /** Small picture for the second look: see inspect/thumbnail. */
  readonly thumbnail?: Uint8Array;
}

/**
 * What deduplication says of one image. An arrival can show that two kept images are one picture,
 * so both answers may take kept images away.
 */
export type Verdict =
  | {
      readonly keep: true;
      /**
       * Kept images that this one takes the place of. Its own sha256 is among them when it is an
       * exact copy with the better name: the file is only renamed.
       */
      readonly replaces: readonly Replaced[];
    }
  | {
      readonly keep: false;
      /** sha256 of the kept image. */
      readonly of: string;
      readonly kind: 'exact' | 'near';
      readonly distance: number;
      /** Kept images that `of` (not this one) takes the place of. */
      readonly replaces: readonly Replaced[];
    };

export interface Replaced {
  /** sha256 of the image that was kept until now. */
  readonly sha256: string;
  readonly distance: number;
}

export type ImageStatus = 'saved' | 'unchanged' | 'duplicate' | 'filtered' | 'failed';

/** The end of one picture's way: a line of `get --json`, a row of the catalog. */
export interface ImageRecord {
  readonly url: string;
  readonly page?: string;
  readonly status: ImageStatus;
  /** Relative to the output folder, with `/`. */
  readonly file?: string;
  readonly sha256?: string;
  readonly format?: ImageFormat;
  readonly width?: number;
  readonly height?: number;
  readonly bytes?: number;
  readonly pdq?: string;
  readonly quality?: number;
  /** `file` of the kept image, or its url while that is unknown. */
  readonly duplicateOf?: string;
  /** PDQ bits that differ; 0 for exact duplicates. */
  readonly distance?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly attempts: number;
  readonly ms: number;
}
