-- The grams of each event's text, as numbers.
CREATE TABLE event_gram (
    event_id bigint PRIMARY KEY,
    grams bigint[] NOT NULL
);

CREATE INDEX event_gram_by_gram ON event_gram USING gin (grams);

-- One row: the newest change that the index has. Every event has a change after 0.
CREATE TABLE search_index (
    id boolean PRIMARY KEY CHECK (id),
    indexed_seq bigint NOT NULL
);

INSERT INTO search_index VALUES (true, 0);
