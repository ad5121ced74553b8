-- `settings` is JSON: address, filter, creator and secrets. The rest changes as deliveries go on.
CREATE TABLE webhook (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    settings bytea NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    -- Every change up to this one is delivered, or none of this hook's.
    cursor bigint NOT NULL,
    -- Unix seconds; 0: no delivery fails.
    failing_since bigint NOT NULL,
    -- One more with every change of the hook by a command.
    generation bigint NOT NULL,
    reminders smallint NOT NULL
);

-- The last tries of each hook.
CREATE TABLE webhook_delivery (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id bigint NOT NULL,
    -- Of the change; 0: of none.
    seq bigint NOT NULL,
    message_id text NOT NULL,
    time bigint NOT NULL,
    -- Of the answer; 0: there was none.
    status integer NOT NULL,
    took_ms integer NOT NULL,
    try integer NOT NULL
);

CREATE INDEX webhook_delivery_by_number ON webhook_delivery (webhook_id, number);

-- Escalations that a hook is still to be told of; they are no changes.
CREATE TABLE webhook_escalation (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id bigint NOT NULL,
    event_id bigint NOT NULL,
    due_time bigint NOT NULL,
    manager_id bigint NOT NULL,
    fired_time bigint NOT NULL
);

CREATE INDEX webhook_escalation_by_hook ON webhook_escalation (webhook_id, number);

-- At most one row: the node that sends, until when by the clock of the database.
CREATE TABLE webhook_lease (
    id boolean PRIMARY KEY CHECK (id),
    node text NOT NULL,
    until timestamptz NOT NULL
);
