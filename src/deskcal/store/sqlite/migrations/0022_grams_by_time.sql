-- The grams of each event's text, as hexadecimal numbers, in rows that are in the order of start_time:
-- an event's row is (start_time >> 12) << 37 | id.
DROP TABLE event_gram;
CREATE VIRTUAL TABLE event_gram USING fts5(
    grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- The row in event_gram that an event has.
CREATE TABLE indexed_event (
    event_id INTEGER PRIMARY KEY CHECK (event_id BETWEEN 0 AND 137438953471),
    gram_row INTEGER NOT NULL
) STRICT;

-- All texts are indexed again.
UPDATE search_index SET indexed_seq = 0;
