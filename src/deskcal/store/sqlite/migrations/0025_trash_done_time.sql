-- When a deleted event was completed, which its document does not tell once it is changed, nor its
-- history once that is pruned. 0: it is not done, or was deleted by an older build.
ALTER TABLE trash ADD COLUMN done_time INTEGER NOT NULL DEFAULT 0;
