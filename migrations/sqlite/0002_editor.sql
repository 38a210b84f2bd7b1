-- What the editor asks of the server beyond tasks: drafts with revisions, comments, attributes, keys, instructions that change while people work.

ALTER TABLE users ADD COLUMN keymap TEXT NOT NULL DEFAULT '{}';

ALTER TABLE projects ADD COLUMN instructions_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE projects ADD COLUMN instructions_ms INTEGER;
ALTER TABLE projects ADD COLUMN instructions_by BLOB;

-- What a class asks about each of its objects: a JSON list of questions.
ALTER TABLE classes ADD COLUMN attributes TEXT NOT NULL DEFAULT '[]';

ALTER TABLE predictions ADD COLUMN uncertainty_key TEXT;

-- Work that was not handed in: states of a task's work, and what arrived after its lease was lost. Revisions count on with those of annotations.
CREATE TABLE revisions (
    id         BLOB    NOT NULL PRIMARY KEY,
    task_id    BLOB    NOT NULL,
    image_id   BLOB    NOT NULL,
    user_id    BLOB    NOT NULL,
    revision   INTEGER NOT NULL,
    device     TEXT,
    shapes     TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    seconds    REAL    NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
INSERT INTO revisions (id, task_id, image_id, user_id, revision, device, shapes, bytes, count, seconds, created_ms)
    SELECT d.id, d.task_id, t.image_id, d.user_id, 1, NULL, d.shapes, length(d.shapes), json_array_length(d.shapes), 0, d.created_ms
      FROM drafts d JOIN tasks t ON t.id = d.task_id;
DROP TABLE drafts;
CREATE INDEX revisions_task ON revisions (task_id, user_id, revision);
CREATE INDEX revisions_image ON revisions (image_id, revision);
CREATE INDEX revisions_age ON revisions (created_ms);
CREATE INDEX annotations_task ON annotations (task_id);

-- What people say about a place of an image. An answer has the comment it answers as its parent, and no place of its own.
CREATE TABLE comments (
    id         BLOB    NOT NULL PRIMARY KEY,
    project_id BLOB    NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    image_id   BLOB    NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    parent_id  BLOB    REFERENCES comments (id) ON DELETE CASCADE,
    user_id    BLOB    NOT NULL REFERENCES users (id),
    request    BLOB    NOT NULL UNIQUE,
    x          REAL    NOT NULL,
    y          REAL    NOT NULL,
    body       TEXT    NOT NULL,
    resolved   INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_image ON comments (image_id, id);
CREATE INDEX comments_parent ON comments (parent_id);

-- Large images cut into tiles: one file with all of them, and where each stands in it.
CREATE TABLE pyramids (
    image_id   BLOB    NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
    blob_key   TEXT    NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
