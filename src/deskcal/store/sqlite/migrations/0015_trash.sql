-- Deleted events, until trash_retention_sec is over.
CREATE TABLE trash (
    event_id INTEGER PRIMARY KEY,
    deleted_time INTEGER NOT NULL,
    deleted_by INTEGER NOT NULL,
    document BLOB NOT NULL
) STRICT;

CREATE INDEX trash_by_time ON trash (deleted_time, event_id);

INSERT INTO trash
SELECT event_id, time, actor, document FROM change AS c
WHERE type = 2 AND seq = (SELECT max(seq) FROM change WHERE event_id = c.event_id);
