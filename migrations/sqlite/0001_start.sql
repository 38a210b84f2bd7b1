-- Times are Unix milliseconds, ids are UUIDs (version 7), enums are text, JSON is text.
-- The PostgreSQL twin of this file has the same tables and columns; a test compares them.

CREATE TABLE users (
    id            BLOB    NOT NULL PRIMARY KEY,
    login         TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    password_hash TEXT,
    admin         INTEGER NOT NULL DEFAULT 0,
    disabled      INTEGER NOT NULL DEFAULT 0,
    created_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions of browsers, tokens of programs, and one-time links: the SHA-256 of a random secret, never the secret.
CREATE TABLE sessions (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    user_id    BLOB    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('session', 'token', 'link')),
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_ms);

CREATE TABLE projects (
    id           BLOB    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    instructions TEXT    NOT NULL DEFAULT '',
    policy       TEXT    NOT NULL,
    skills       TEXT    NOT NULL DEFAULT '{}',
    paused       INTEGER NOT NULL DEFAULT 0,
    created_by   BLOB    NOT NULL REFERENCES users (id),
    created_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE classes (
    project_id BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    idx        INTEGER NOT NULL CHECK (idx BETWEEN 1 AND 254),
    name       TEXT    NOT NULL,
    color      TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('thing', 'stuff')),
    PRIMARY KEY (project_id, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id    BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role       TEXT NOT NULL CHECK (role IN ('manager', 'reviewer', 'annotator', 'viewer')),
    PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_user ON members (user_id);

CREATE TABLE images (
    id          BLOB    NOT NULL PRIMARY KEY,
    project_id  BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL,
    hash        TEXT    NOT NULL,
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    format      TEXT    NOT NULL,
    orientation INTEGER NOT NULL DEFAULT 1,
    blob_key    TEXT    NOT NULL,
    display_key TEXT    NOT NULL,
    thumb_key   TEXT    NOT NULL,
    subset      TEXT    NOT NULL CHECK (subset IN ('train', 'validation', 'test')),
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'machine', 'disagree', 'skipped')),
    created_ms  INTEGER NOT NULL,
    UNIQUE (project_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX images_project ON images (project_id, id);
CREATE INDEX images_state ON images (project_id, state, id);

-- `worker` is who holds the task now, or who finished or skipped it. One person gets one label task an image, so opinions stay independent.
CREATE TABLE tasks (
    id          BLOB    NOT NULL PRIMARY KEY,
    project_id  BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    image_id    BLOB    NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('label', 'adjust', 'verify', 'review')),
    slot        INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('open', 'leased', 'done', 'skipped', 'parked')),
    priority    REAL    NOT NULL DEFAULT 0,
    assigned_to BLOB    REFERENCES users (id) ON DELETE SET NULL,
    worker      BLOB    REFERENCES users (id) ON DELETE SET NULL,
    lease_until INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    reason      TEXT,
    created_ms  INTEGER NOT NULL,
    finished_ms INTEGER,
    UNIQUE (image_id, slot),
    CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
    CHECK (state <> 'leased' OR worker IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_free ON tasks (project_id, priority DESC, id) WHERE state = 'open' AND assigned_to IS NULL;
CREATE INDEX tasks_assigned ON tasks (project_id, assigned_to, priority DESC, id) WHERE state = 'open' AND assigned_to IS NOT NULL;
CREATE INDEX tasks_leased ON tasks (project_id, lease_until) WHERE state = 'leased';
CREATE UNIQUE INDEX tasks_blind ON tasks (image_id, worker) WHERE worker IS NOT NULL AND kind = 'label';
CREATE INDEX tasks_worker ON tasks (worker, project_id, state) WHERE worker IS NOT NULL;
CREATE INDEX tasks_board ON tasks (project_id, state, id);

-- What a person or a model said about an image. Rows are only added.
CREATE TABLE annotations (
    id         BLOB    NOT NULL PRIMARY KEY,
    project_id BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    image_id   BLOB    NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    task_id    BLOB,
    user_id    BLOB,
    origin     TEXT    NOT NULL CHECK (origin IN ('person', 'import')),
    revision   INTEGER NOT NULL,
    request    BLOB    NOT NULL UNIQUE,
    shapes     TEXT    NOT NULL,
    repairs    TEXT    NOT NULL DEFAULT '[]',
    seconds    REAL    NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX annotations_image ON annotations (image_id, created_ms);
CREATE INDEX annotations_project ON annotations (project_id, user_id);
CREATE TRIGGER annotations_never_change BEFORE UPDATE ON annotations
BEGIN SELECT RAISE(ABORT, 'annotations are append-only'); END;

-- Work that arrived after its lease was lost: kept, never counted.
CREATE TABLE drafts (
    id         BLOB    NOT NULL PRIMARY KEY,
    task_id    BLOB    NOT NULL,
    user_id    BLOB    NOT NULL,
    shapes     TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    UNIQUE (task_id, user_id)
) STRICT;

CREATE TABLE models (
    id            BLOB    NOT NULL PRIMARY KEY,
    project_id    BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    version       INTEGER NOT NULL,
    architecture  TEXT    NOT NULL,
    weights_key   TEXT    NOT NULL,
    labels        INTEGER NOT NULL,
    train_seconds REAL    NOT NULL,
    figures       TEXT    NOT NULL DEFAULT '{}',
    threshold     REAL,
    created_ms    INTEGER NOT NULL,
    UNIQUE (project_id, version)
) STRICT, WITHOUT ROWID;

-- The accepted truth of an image: at most one row an image is current (ended_ms IS NULL).
-- The class map is drawn from the shapes when it is first needed; mask_key names the blob from then on.
CREATE TABLE labels (
    id         BLOB    NOT NULL PRIMARY KEY,
    project_id BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    image_id   BLOB    NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    source     TEXT    NOT NULL CHECK (source IN ('people', 'model', 'import')),
    status     TEXT    NOT NULL CHECK (status IN ('provisional', 'committed', 'withdrawn')),
    confidence REAL,
    agreement  REAL,
    model_id   BLOB    REFERENCES models (id),
    shapes     TEXT    NOT NULL,
    mask_key   TEXT,
    created_ms INTEGER NOT NULL,
    ended_ms   INTEGER
) STRICT;
CREATE UNIQUE INDEX labels_current ON labels (image_id) WHERE ended_ms IS NULL;
CREATE INDEX labels_project ON labels (project_id, source, created_ms) WHERE ended_ms IS NULL;
CREATE INDEX labels_image ON labels (image_id, created_ms);

-- The newest prediction of each image.
CREATE TABLE predictions (
    image_id   BLOB    NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
    project_id BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    model_id   BLOB    NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    confidence REAL    NOT NULL,
    entropy    REAL    NOT NULL,
    iou        REAL,
    shapes     TEXT    NOT NULL,
    mask_key   TEXT    NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX predictions_project ON predictions (project_id, model_id, image_id);

CREATE TABLE features (
    image_id   BLOB    NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    extractor  TEXT    NOT NULL,
    blob_key   TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (image_id, extractor)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    id          BLOB    NOT NULL PRIMARY KEY,
    project_id  BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('features', 'train', 'predict', 'export')),
    state       TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    params      TEXT    NOT NULL DEFAULT '{}',
    progress    REAL    NOT NULL DEFAULT 0,
    message     TEXT    NOT NULL DEFAULT '',
    worker      TEXT,
    lease_until INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    cancel      INTEGER NOT NULL DEFAULT 0,
    result      TEXT,
    created_ms  INTEGER NOT NULL,
    started_ms  INTEGER,
    finished_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_free ON jobs (created_ms, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_project ON jobs (project_id, created_ms DESC);

CREATE TABLE audit (
    id         BLOB    NOT NULL PRIMARY KEY,
    project_id BLOB,
    user_id    BLOB,
    action     TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_project ON audit (project_id, at_ms);
