-- The time of the completion, where the event was changed since: of the first change of the history
-- from which on it was done. What was pruned is not known any more.
UPDATE event SET done_time = coalesce((
    SELECT json_extract(CAST(c.document AS TEXT), '$.updated_time') FROM change AS c
    WHERE c.event_id = event.id AND c.seq > coalesce((
        SELECT max(seq) FROM change AS u
        WHERE u.event_id = event.id
          AND json_extract(CAST(u.document AS TEXT), '$.status') <> 1
    ), 0)
    ORDER BY c.seq LIMIT 1
), done_time)
WHERE status = 1;
