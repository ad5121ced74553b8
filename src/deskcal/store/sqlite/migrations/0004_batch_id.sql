-- The seq of the first change of the batch; 0: the change is a batch of its own.
ALTER TABLE change ADD COLUMN batch_id INTEGER NOT NULL DEFAULT 0;

CREATE INDEX change_by_batch ON change (batch_id, seq) WHERE batch_id > 0;
