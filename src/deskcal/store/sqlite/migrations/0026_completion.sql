-- When events had been completed that were not done any more afterwards: an undo puts it back.
-- `version`: the last one that was done; `time`: when it was taken back. Pruned with the changes.
CREATE TABLE completion (
    event_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    done_time INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (event_id, version)
) STRICT, WITHOUT ROWID;
