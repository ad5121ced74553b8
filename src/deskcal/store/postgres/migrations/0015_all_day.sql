-- One row: by which default_timezone and which release of the zones the columns of all-day events
-- were derived. Empty: not yet by their dates; the next start does it. See docs/decisions/0015.
CREATE TABLE all_day_index (
    id boolean PRIMARY KEY CHECK (id),
    default_timezone text NOT NULL,
    zones text NOT NULL
);

INSERT INTO all_day_index VALUES (true, '', '');
