-- Columns that lists are filtered by.
ALTER TABLE event
    ADD COLUMN priority smallint NOT NULL DEFAULT 0,
    ADD COLUMN owner_manager_id bigint NOT NULL DEFAULT 0,
    ADD COLUMN series_id bigint NOT NULL DEFAULT 0,
    ADD COLUMN follows_id bigint NOT NULL DEFAULT 0,
    ADD COLUMN outcome text COLLATE "C" NOT NULL DEFAULT '';

UPDATE event AS e SET
    priority = (x.value ->> 'priority')::smallint,
    owner_manager_id = (x.value ->> 'owner_manager_id')::bigint,
    series_id = coalesce((x.value ->> 'series_id')::bigint, 0),
    follows_id = coalesce((x.value ->> 'follows_id')::bigint, 0),
    outcome = coalesce(x.value ->> 'outcome', '')
FROM (
    SELECT id, replace(convert_from(document, 'UTF8'), '\u0000', '\u0020')::json AS value FROM event
) AS x
WHERE x.id = e.id;

CREATE INDEX event_by_series ON event (series_id, start_time) WHERE series_id > 0;
CREATE INDEX event_by_follows ON event (follows_id, start_time) WHERE follows_id > 0;
