-- What can come of a call; `types` are numbers of event types with commas, empty: every type.
CREATE TABLE outcome (
    code text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    types text NOT NULL,
    is_contact smallint NOT NULL CHECK (is_contact IN (0, 1)),
    next_in_sec bigint NOT NULL
);

-- The lead of a desk; 0: none.
ALTER TABLE desk ADD COLUMN manager_id bigint NOT NULL DEFAULT 0;
