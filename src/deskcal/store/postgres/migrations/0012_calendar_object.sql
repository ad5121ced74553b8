-- What calendar apps know an event or a series by: the UID and the name of the resource.
-- Both as bytes, since a text of PostgreSQL holds no U+0000.
CREATE TABLE calendar_object (
    owner_id bigint NOT NULL,
    uid bytea NOT NULL,
    name bytea NOT NULL,
    event_id bigint NOT NULL,
    series_id bigint NOT NULL,
    document bytea NOT NULL,
    PRIMARY KEY (owner_id, uid)
);

CREATE UNIQUE INDEX calendar_object_by_name ON calendar_object (owner_id, name);
CREATE INDEX calendar_object_by_event ON calendar_object (event_id) WHERE event_id > 0;
CREATE INDEX calendar_object_by_series ON calendar_object (series_id) WHERE series_id > 0;
