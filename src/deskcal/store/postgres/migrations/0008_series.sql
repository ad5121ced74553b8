-- A recurrence rule and what its new occurrences are like; its occurrences are events.
-- `horizon`: occurrences before it exist; 0: the rule has ended.
CREATE TABLE series (
    id bigint PRIMARY KEY,
    horizon bigint NOT NULL,
    document bytea NOT NULL
);

CREATE INDEX series_by_horizon ON series (horizon) WHERE horizon > 0;

-- What became of a series by a batch of changes; an empty document: nothing was left of it.
CREATE TABLE series_change (
    series_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    document bytea NOT NULL,
    PRIMARY KEY (series_id, batch_id)
);

CREATE INDEX series_change_by_batch ON series_change (batch_id);
