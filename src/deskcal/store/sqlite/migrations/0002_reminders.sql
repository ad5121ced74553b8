-- When the reminder of an event is due, Unix seconds; 0: nothing is to be fired.
ALTER TABLE event ADD COLUMN due_time INTEGER NOT NULL DEFAULT 0;

UPDATE event SET due_time = (
    SELECT CASE
        WHEN status > 0 OR json_extract(text, '$.reminder_sent_time') > 0 THEN 0
        WHEN trigger_time > updated_time OR end_time > updated_time THEN trigger_time
        ELSE 0
    END
    FROM (
        SELECT text, json_extract(text, '$.updated_time') AS updated_time,
            CASE
                WHEN json_extract(text, '$.remind_time') > 0
                    THEN json_extract(text, '$.remind_time')
                WHEN json_extract(text, '$.remind_before_sec') > 0
                    THEN max(start_time - json_extract(text, '$.remind_before_sec'), 1)
                ELSE 0
            END AS trigger_time
        FROM (SELECT CAST(document AS TEXT) AS text)
    )
);

CREATE INDEX event_by_due ON event (due_time) WHERE due_time > 0;

-- One row for each (event, due time, manager): who is to be reminded, and whether it happened.
CREATE TABLE notification (
    event_id INTEGER NOT NULL,
    due_time INTEGER NOT NULL,
    manager_id INTEGER NOT NULL,
    -- The event's own due time; another one than due_time where the manager snoozed.
    armed_time INTEGER NOT NULL,
    -- When it was fired; of a snoozed one 0 until then.
    fired_time INTEGER NOT NULL,
    -- 0 waiting, 1 sent, 2 read, 3 missed, 4 dropped.
    state INTEGER NOT NULL,
    state_time INTEGER NOT NULL,
    PRIMARY KEY (event_id, due_time, manager_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX notification_waiting ON notification (manager_id, due_time) WHERE state = 0;
CREATE INDEX notification_snoozed ON notification (due_time) WHERE state = 0 AND fired_time = 0;

-- The newest change that was pruned: a cursor before it can't be resumed from.
ALTER TABLE counter ADD COLUMN floor_seq INTEGER NOT NULL DEFAULT 0;
