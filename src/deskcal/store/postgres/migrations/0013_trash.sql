-- Deleted events, until trash_retention_sec is over.
CREATE TABLE trash (
    event_id bigint PRIMARY KEY,
    deleted_time bigint NOT NULL,
    deleted_by bigint NOT NULL,
    document bytea NOT NULL
);

CREATE INDEX trash_by_time ON trash (deleted_time, event_id);

INSERT INTO trash
SELECT event_id, time, actor, document FROM change AS c
WHERE type = 2 AND seq = (SELECT max(seq) FROM change WHERE event_id = c.event_id);
