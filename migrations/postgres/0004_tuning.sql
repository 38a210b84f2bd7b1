-- Searches for better settings of the head: what is searched, and every trial with what came of it.
ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('features', 'train', 'predict', 'export', 'tune'));

CREATE TABLE tunings (
    id          UUID NOT NULL PRIMARY KEY,
    project_id  UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    state       TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
    plan        TEXT NOT NULL,
    parallel    BIGINT NOT NULL,
    parents     TEXT NOT NULL DEFAULT '[]',
    message     TEXT NOT NULL DEFAULT '',
    created_by  UUID REFERENCES users (id) ON DELETE SET NULL,
    created_ms  BIGINT NOT NULL,
    finished_ms BIGINT
);
CREATE INDEX tunings_project ON tunings (project_id, created_ms DESC);
CREATE INDEX tunings_running ON tunings (id) WHERE state = 'running';

CREATE TABLE trials (
    tuning_id   UUID NOT NULL REFERENCES tunings (id) ON DELETE CASCADE,
    number      BIGINT NOT NULL,
    job_id      UUID NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'done', 'stopped', 'failed')),
    settings    TEXT NOT NULL,
    course      TEXT NOT NULL DEFAULT '[]',
    value       DOUBLE PRECISION,
    message     TEXT NOT NULL DEFAULT '',
    seconds     DOUBLE PRECISION,
    PRIMARY KEY (tuning_id, number)
);
