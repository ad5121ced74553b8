-- A reminder has a level: 10, or 20 for one that went to the lead of the desk. It is a part of the key.
ALTER TABLE notification ADD COLUMN level smallint NOT NULL DEFAULT 10;
ALTER TABLE notification DROP CONSTRAINT notification_pkey;
ALTER TABLE notification ADD PRIMARY KEY (event_id, due_time, manager_id, level);

-- Reminders that fired and may have to go to the lead, and when that is to be decided.
CREATE TABLE escalation (
    event_id bigint NOT NULL,
    -- The event's own due time.
    due_time bigint NOT NULL,
    escalate_time bigint NOT NULL,
    PRIMARY KEY (event_id, due_time)
);

CREATE INDEX escalation_by_time ON escalation (escalate_time);
