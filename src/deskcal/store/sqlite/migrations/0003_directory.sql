-- Managers by name; events may name others. `desks` is a desk mask.
CREATE TABLE manager (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    brand TEXT NOT NULL,
    desks TEXT NOT NULL,
    colour TEXT NOT NULL,
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1))
) STRICT;

CREATE TABLE desk (
    brand TEXT NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (brand, code)
) STRICT, WITHOUT ROWID;
