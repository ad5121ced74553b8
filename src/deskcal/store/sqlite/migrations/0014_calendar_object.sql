-- What calendar apps know an event or a series by: the UID and the name of the resource.
CREATE TABLE calendar_object (
    owner_id INTEGER NOT NULL,
    uid TEXT NOT NULL,
    name TEXT NOT NULL,
    event_id INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (owner_id, uid)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX calendar_object_by_name ON calendar_object (owner_id, name);
CREATE INDEX calendar_object_by_event ON calendar_object (event_id) WHERE event_id > 0;
CREATE INDEX calendar_object_by_series ON calendar_object (series_id) WHERE series_id > 0;
