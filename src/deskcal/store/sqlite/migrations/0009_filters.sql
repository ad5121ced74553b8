-- Columns that lists are filtered by.
ALTER TABLE event ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN owner_manager_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN series_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN follows_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN outcome TEXT NOT NULL DEFAULT '';

UPDATE event SET (priority, owner_manager_id, series_id, follows_id, outcome) = (
    SELECT json_extract(text, '$.priority'), json_extract(text, '$.owner_manager_id'),
        coalesce(json_extract(text, '$.series_id'), 0),
        coalesce(json_extract(text, '$.follows_id'), 0),
        coalesce(json_extract(text, '$.outcome'), '')
    FROM (SELECT CAST(document AS TEXT) AS text)
);

CREATE INDEX event_by_series ON event (series_id, start_time) WHERE series_id > 0;
CREATE INDEX event_by_follows ON event (follows_id, start_time) WHERE follows_id > 0;
