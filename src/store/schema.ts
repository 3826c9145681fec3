/** The tables of the catalog. Other programs read them, so what has been released never changes. */

/** "imtr": tells our files from any other SQLite file. */
export const APPLICATION_ID = 0x696d7472;

/**
 * Steps from each version to the next; a catalog's `user_version` says how many it has taken.
 * Never edit a step that was released: add one.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,          -- ms since 1970
    ended INTEGER,                     -- absent: it was killed, or goes on
    command TEXT NOT NULL,
    sources TEXT NOT NULL,             -- JSON list
    outcome TEXT,                      -- 'done', or an error code
    counts TEXT                        -- JSON object
  ) STRICT;

  -- A document that names images.
  CREATE TABLE page (
    url TEXT PRIMARY KEY,
    etag TEXT,
    last_modified TEXT,
    fetched INTEGER NOT NULL,          -- ms since 1970
    sha256 TEXT,
    signature TEXT,                    -- of the options that it was read with
    found TEXT,                        -- JSON of what it names
    run INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Distinct bytes, known by their hash.
  CREATE TABLE image (
    sha256 TEXT NOT NULL UNIQUE,
    file TEXT UNIQUE,                  -- absent: not on the disk
    format TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    orientation INTEGER,
    frames INTEGER,
    bytes INTEGER NOT NULL,
    pdq TEXT,
    quality INTEGER,
    kept TEXT,                         -- sha256 of the copy that was kept instead
    kind TEXT,                         -- 'exact' or 'near', with kept
    distance INTEGER,                  -- PDQ bits, with kept
    run INTEGER NOT NULL               -- in which it came
  ) STRICT;
  CREATE INDEX image_kept ON image (kept) WHERE kept IS NOT NULL;

  -- Apart from image: at 3 kB each they would make every walk over the images slow.
  CREATE TABLE thumbnail (
    sha256 TEXT PRIMARY KEY,
    pixels BLOB NOT NULL
  ) STRICT;

  -- What came of each address when it was last asked for. The rows lie in the order in which they
  -- came, and the indexes hold short digests: with addresses as keys, each of a million rows would
  -- touch pages of its own, and writing was four times as slow.
  CREATE TABLE address (
    url TEXT NOT NULL,
    digest INTEGER NOT NULL,           -- of url: first 64 bits of its SHA-256, signed
    page TEXT,
    space TEXT,                        -- of the document that names it
    alt TEXT,
    status TEXT NOT NULL,
    sha256 TEXT,
    file TEXT,                         -- where it is not the image's: a second copy, or a link
    error TEXT,                        -- code
    message TEXT,
    attempts INTEGER NOT NULL,
    ms INTEGER NOT NULL,
    http INTEGER,                      -- status of the response
    etag TEXT,
    last_modified TEXT,
    content_type TEXT,
    run INTEGER NOT NULL,
    fetched INTEGER NOT NULL           -- ms since 1970
  ) STRICT;
  CREATE INDEX address_digest ON address (digest);
  CREATE INDEX address_sha256 ON address (substr(sha256, 1, 12)) WHERE sha256 IS NOT NULL;
  CREATE INDEX address_failed ON address (run) WHERE status = 'failed';
  CREATE INDEX address_file ON address (file) WHERE file IS NOT NULL;

  -- Names belong to addresses, so that a later run gives the same ones.
  CREATE TABLE name (
    folded TEXT PRIMARY KEY,           -- as the least careful file system compares
    stem TEXT NOT NULL,
    url TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // For the timeline of a report; absent where nothing was fetched, and in rows from before.
  `
  ALTER TABLE address ADD COLUMN sent INTEGER;      -- first request, ms since 1970
  ALTER TABLE address ADD COLUMN wire_ms INTEGER;   -- from there to the last byte
  `,
];
