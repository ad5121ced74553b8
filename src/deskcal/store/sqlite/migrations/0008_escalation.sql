-- A reminder has a level: 10, or 20 for one that went to the lead of the desk. It is a part of the key.
CREATE TABLE leveled_notification (
    event_id INTEGER NOT NULL,
    due_time INTEGER NOT NULL,
    manager_id INTEGER NOT NULL,
    level INTEGER NOT NULL,
    -- The event's own due time; another one than due_time where the manager snoozed.
    armed_time INTEGER NOT NULL,
    -- When it was fired; of a snoozed one 0 until then.
    fired_time INTEGER NOT NULL,
    -- 0 waiting, 1 sent, 2 read, 3 missed, 4 dropped.
    state INTEGER NOT NULL,
    state_time INTEGER NOT NULL,
    PRIMARY KEY (event_id, due_time, manager_id, level)
) STRICT, WITHOUT ROWID;

INSERT INTO leveled_notification
    SELECT event_id, due_time, manager_id, 10, armed_time, fired_time, state, state_time
    FROM notification;
DROP TABLE notification;
ALTER TABLE leveled_notification RENAME TO notification;

CREATE INDEX notification_waiting ON notification (manager_id, due_time) WHERE state = 0;
CREATE INDEX notification_snoozed ON notification (due_time) WHERE state = 0 AND fired_time = 0;
CREATE INDEX notification_by_manager
    ON notification (manager_id, state, fired_time, due_time, event_id) WHERE fired_time > 0;

-- Reminders that fired and may have to go to the lead, and when that is to be decided.
CREATE TABLE escalation (
    event_id INTEGER NOT NULL,
    -- The event's own due time.
    due_time INTEGER NOT NULL,
    escalate_time INTEGER NOT NULL,
    PRIMARY KEY (event_id, due_time)
) STRICT, WITHOUT ROWID;

CREATE INDEX escalation_by_time ON escalation (escalate_time);
