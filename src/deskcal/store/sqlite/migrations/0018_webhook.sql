-- `settings` is JSON: address, filter, creator and secrets. The rest changes as deliveries go on.
CREATE TABLE webhook (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    settings BLOB NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- Every change up to this one is delivered, or none of this hook's.
    cursor INTEGER NOT NULL,
    -- Unix seconds; 0: no delivery fails.
    failing_since INTEGER NOT NULL,
    -- One more with every change of the hook by a command.
    generation INTEGER NOT NULL,
    reminders INTEGER NOT NULL
) STRICT;

-- The last tries of each hook.
CREATE TABLE webhook_delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id INTEGER NOT NULL,
    -- Of the change; 0: of none.
    seq INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    time INTEGER NOT NULL,
    -- Of the answer; 0: there was none.
    status INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    try INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_delivery_by_number ON webhook_delivery (webhook_id, number);

-- Escalations that a hook is still to be told of; they are no changes.
CREATE TABLE webhook_escalation (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    due_time INTEGER NOT NULL,
    manager_id INTEGER NOT NULL,
    fired_time INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_escalation_by_hook ON webhook_escalation (webhook_id, number);
