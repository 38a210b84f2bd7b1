-- Searches for better settings of the head: what is searched, and every trial with what came of it.
-- SQLite can't change a CHECK, so the table of jobs is made anew with one more kind.
CREATE TABLE jobs_anew (
    id          BLOB    NOT NULL PRIMARY KEY,
    project_id  BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('features', 'train', 'predict', 'export', 'tune')),
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
INSERT INTO jobs_anew (id, project_id, kind, state, params, progress, message, worker, lease_until, attempts, cancel, result, created_ms, started_ms, finished_ms)
    SELECT id, project_id, kind, state, params, progress, message, worker, lease_until, attempts, cancel, result, created_ms, started_ms, finished_ms FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_anew RENAME TO jobs;
CREATE INDEX jobs_free ON jobs (created_ms, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_project ON jobs (project_id, created_ms DESC);

CREATE TABLE tunings (
    id          BLOB NOT NULL PRIMARY KEY,
    project_id  BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    state       TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
    plan        TEXT NOT NULL,
    parallel    INTEGER NOT NULL,
    parents     TEXT NOT NULL DEFAULT '[]',
    message     TEXT NOT NULL DEFAULT '',
    created_by  BLOB REFERENCES users (id) ON DELETE SET NULL,
    created_ms  INTEGER NOT NULL,
    finished_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tunings_project ON tunings (project_id, created_ms DESC);
CREATE INDEX tunings_running ON tunings (id) WHERE state = 'running';

CREATE TABLE trials (
    tuning_id   BLOB NOT NULL REFERENCES tunings (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    job_id      BLOB NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'done', 'stopped', 'failed')),
    settings    TEXT NOT NULL,
    course      TEXT NOT NULL DEFAULT '[]',
    value       REAL,
    message     TEXT NOT NULL DEFAULT '',
    seconds     REAL,
    PRIMARY KEY (tuning_id, number)
) STRICT, WITHOUT ROWID;
