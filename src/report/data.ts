/** What a report tells, before it has any form. */
import type { ImageStatus } from '../model.ts';
import type { RunRow } from '../store/mod.ts';

export interface ReportData {
  /** Name of the folder. */
  readonly title: string;
  /** When the report was made, in ms since 1970. */
  readonly made: number;
  /** Of all addresses. */
  readonly counts: Readonly<Record<ImageStatus, number>>;
  /** Files in the folder, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** The newest last. */
  readonly runs: readonly RunRow[];
  /** Addresses, in the order in which they first came, up to a limit. */
  readonly items: readonly Item[];
  /** Addresses beyond the limit. */
  readonly itemsLeft: number;
  readonly groups: readonly DuplicateGroup[];
  readonly groupsLeft: number;
  /** By error code, the most frequent first. */
  readonly failures: readonly FailureGroup[];
  readonly hosts: readonly HostRow[];
  readonly hostsLeft: number;
  readonly timeline: Timeline | undefined;
}

/** One address, for the gallery. */
export interface Item {
  readonly url: string;
  readonly status: ImageStatus;
  readonly host: string;
  readonly page?: string;
  readonly alt?: string;
  /** Relative to the report, percent-encoded; absent when it is not in the folder. */
  readonly src?: string;
  readonly file?: string;
  readonly format?: string;
  readonly width?: number;
  readonly height?: number;
  readonly bytes?: number;
  readonly duplicateOf?: string;
  readonly distance?: number;
  readonly error?: string;
  readonly message?: string;
}

/** One picture in several copies. */
export interface DuplicateGroup {
  /** As other output of the program numbers it. */
  readonly number?: number;
  readonly kept: Copy;
  readonly others: readonly Copy[];
  /** Copies that are not among them. Default: none. */
  readonly left?: number;
}

export interface Copy {
  /** File or address, for people. */
  readonly name: string;
  /** Where it came from; empty for local files. */
  readonly urls: readonly string[];
  /** Address of a picture of it: a file relative to the report, or `data:`; absent when there is none. */
  readonly src?: string;
  /** `src` is not the image itself, only a small likeness of it. */
  readonly likeness?: true;
  /** Address of the file itself, relative to the report, where that is not what `src` shows. */
  readonly href?: string;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** Default 1. */
  readonly frames?: number;
  /** How it compares to the kept copy; absent for that one. */
  readonly kind?: 'exact' | 'near';
  /** PDQ bits that differ. */
  readonly distance?: number;
}

export interface FailureGroup {
  readonly code: string;
  readonly meaning: string;
  readonly advice: string;
  readonly count: number;
  /** The first of them. */
  readonly rows: readonly Failure[];
}

export interface Failure {
  readonly url: string;
  readonly page?: string;
  readonly message: string;
  readonly attempts: number;
}

export interface HostRow {
  readonly host: string;
  readonly addresses: number;
  readonly saved: number;
  readonly duplicates: number;
  readonly filtered: number;
  readonly failed: number;
  /** Of images that arrived, each once. */
  readonly bytes: number;
  /** Median time of a download, in ms; absent when nothing was fetched. */
  readonly medianMs?: number;
}

export interface Timeline {
  readonly run: RunRow;
  /** By start, in ms since the first one; up to a limit, the earliest. */
  readonly downloads: readonly Download[];
  /** Waits for a turn and decoding could not be taken out of the times. */
  readonly rough: boolean;
}

export interface Download {
  readonly url: string;
  readonly start: number;
  readonly ms: number;
}
