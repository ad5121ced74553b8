-- What can come of a call; `types` are numbers of event types with commas, empty: every type.
CREATE TABLE outcome (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    types TEXT NOT NULL,
    is_contact INTEGER NOT NULL CHECK (is_contact IN (0, 1)),
    next_in_sec INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The lead of a desk; 0: none.
ALTER TABLE desk ADD COLUMN manager_id INTEGER NOT NULL DEFAULT 0;
