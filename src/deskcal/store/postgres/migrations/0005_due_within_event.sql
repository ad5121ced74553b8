-- A reminder after the end of its event is never fired; the dates of all-day events are longer.
UPDATE event SET due_time = 0
WHERE due_time > end_time AND (convert_from(document, 'UTF8')::json ->> 'all_day') = '0';
