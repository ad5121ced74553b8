-- One row: by which default_timezone and which release of the zones the columns of all-day events
-- were derived. Empty: not yet by their dates; the next start does it. See docs/decisions/0015.
CREATE TABLE all_day_index (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    default_timezone TEXT NOT NULL,
    zones TEXT NOT NULL
) STRICT;

INSERT INTO all_day_index VALUES (1, '', '');
