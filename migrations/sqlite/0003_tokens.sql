-- Tokens of programs: named, listed, taken back one by one, and limited in what they open. The SHA-256 of a random secret, never the secret.
CREATE TABLE tokens (
    id         BLOB    NOT NULL PRIMARY KEY,
    token_hash BLOB    NOT NULL UNIQUE,
    user_id    BLOB    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    scope      TEXT    NOT NULL CHECK (scope IN ('all', 'inference')),
    project_id BLOB    REFERENCES projects (id) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    used_ms    INTEGER,
    CHECK (scope = 'inference' OR project_id IS NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_user ON tokens (user_id, id);
CREATE INDEX tokens_expiry ON tokens (expires_ms);
CREATE INDEX tokens_project ON tokens (project_id) WHERE project_id IS NOT NULL;
-- Those that were given out before stay valid.
INSERT INTO tokens (id, token_hash, user_id, name, scope, project_id, created_ms, expires_ms, used_ms)
    SELECT randomblob(16), token_hash, user_id, 'Token without a name', 'all', NULL, created_ms, expires_ms, NULL FROM sessions WHERE kind = 'token';
DELETE FROM sessions WHERE kind = 'token';
