-- The time of the completion, where the event was changed since: of the first change of the history
-- from which on it was done. What was pruned is not known any more.
UPDATE event AS e SET done_time = x.done_time
FROM (
    SELECT d.id, (
        SELECT (replace(convert_from(c.document, 'UTF8'), '\u0000', '\u0020')::json
            ->> 'updated_time')::bigint
        FROM change AS c
        WHERE c.event_id = d.id AND c.seq > coalesce((
            SELECT max(u.seq) FROM change AS u
            WHERE u.event_id = d.id
              AND replace(convert_from(u.document, 'UTF8'), '\u0000', '\u0020')::json
                  ->> 'status' <> '1'
        ), 0)
        ORDER BY c.seq LIMIT 1
    ) AS done_time
    FROM event AS d WHERE d.status = 1
) AS x
WHERE e.id = x.id AND e.done_time <> x.done_time;
