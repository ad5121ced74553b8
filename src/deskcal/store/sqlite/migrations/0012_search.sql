-- The grams of each event's text, as hexadecimal numbers; rowid is the event's id.
CREATE VIRTUAL TABLE event_gram USING fts5(
    grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- One row: the newest change that the index has. Every event has a change after 0.
CREATE TABLE search_index (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    indexed_seq INTEGER NOT NULL
) STRICT;

INSERT INTO search_index VALUES (1, 0);
