-- A reminder after the end of its event is never fired; the dates of all-day events are longer.
UPDATE event SET due_time = 0
WHERE due_time > end_time AND json_extract(CAST(document AS TEXT), '$.all_day') = 0;
