-- When events had been completed that were not done any more afterwards: an undo puts it back.
-- `version`: the last one that was done; `time`: when it was taken back. Pruned with the changes.
CREATE TABLE completion (
    event_id bigint NOT NULL,
    version bigint NOT NULL,
    done_time bigint NOT NULL,
    time bigint NOT NULL,
    PRIMARY KEY (event_id, version)
);
