-- Brand and desk of events; RFC 4791 calls the nearest thing a calendar collection.
CREATE TABLE collection (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand text COLLATE "C" NOT NULL,
    desk text COLLATE "C" NOT NULL,
    UNIQUE (brand, desk)
);

-- Ids of events; a number that was taken is never given out again.
CREATE SEQUENCE event_id AS bigint MAXVALUE 9007199254740991;

-- The document is the record; every other column is an index derived from it.
CREATE TABLE event (
    id bigint PRIMARY KEY,
    collection_id integer NOT NULL,
    duration_class smallint NOT NULL,
    start_time bigint NOT NULL,
    end_time bigint NOT NULL,
    type smallint NOT NULL,
    status smallint NOT NULL,
    customer_id bigint NOT NULL,
    lead_id bigint NOT NULL,
    login bigint NOT NULL,
    document bytea NOT NULL,
    -- When the reminder is due, Unix seconds; 0: nothing is to be fired.
    due_time bigint NOT NULL
) WITH (fillfactor = 85);

CREATE INDEX event_by_time
    ON event (duration_class, start_time, id, end_time, collection_id, type, status);
CREATE INDEX event_by_customer ON event (customer_id, start_time) WHERE customer_id > 0;
CREATE INDEX event_by_lead ON event (lead_id, start_time) WHERE lead_id > 0;
CREATE INDEX event_by_login ON event (login, start_time) WHERE login > 0;
CREATE INDEX event_by_due ON event (due_time, id) WHERE due_time > 0;

-- Owner, creator and participants of each event, each manager once.
CREATE TABLE event_manager (
    manager_id bigint NOT NULL,
    duration_class smallint NOT NULL,
    start_time bigint NOT NULL,
    event_id bigint NOT NULL,
    end_time bigint NOT NULL,
    PRIMARY KEY (manager_id, duration_class, start_time, event_id)
);

-- One row a change, in commit order; the document as of that change (of a deletion: the last one).
CREATE TABLE change (
    seq bigint PRIMARY KEY,
    event_id bigint NOT NULL,
    type smallint NOT NULL,
    time bigint NOT NULL,
    actor bigint NOT NULL,
    document bytea NOT NULL
);

CREATE INDEX change_by_event ON change (event_id, seq);

-- First answers of creates that carried an idempotency_key; `key` is its UTF-8, as text has no U+0000.
CREATE TABLE idempotency (
    manager_id bigint NOT NULL,
    key bytea NOT NULL,
    digest bytea NOT NULL,
    seq bigint NOT NULL,
    time bigint NOT NULL,
    PRIMARY KEY (manager_id, key)
);

CREATE INDEX idempotency_by_time ON idempotency (time);

-- One row: the newest change, and the newest that was pruned. Whoever writes changes takes their
-- numbers here, last of all and until the commit: so the order of `seq` is the order of commits.
CREATE TABLE counter (
    id boolean PRIMARY KEY CHECK (id),
    last_seq bigint NOT NULL,
    floor_seq bigint NOT NULL
) WITH (fillfactor = 10);

INSERT INTO counter VALUES (true, 0, 0);

-- One row for each (event, due time, manager): who is to be reminded, and whether it happened.
CREATE TABLE notification (
    event_id bigint NOT NULL,
    due_time bigint NOT NULL,
    manager_id bigint NOT NULL,
    -- The event's own due time; another one than due_time where the manager snoozed.
    armed_time bigint NOT NULL,
    -- When it was fired; of a snoozed one 0 until then.
    fired_time bigint NOT NULL,
    -- 0 waiting, 1 sent, 2 read, 3 missed, 4 dropped.
    state smallint NOT NULL,
    state_time bigint NOT NULL,
    -- The counter's number when it was fired, 0 until then: other nodes find by it what is new.
    fired_seq bigint NOT NULL,
    PRIMARY KEY (event_id, due_time, manager_id)
);

CREATE INDEX notification_waiting ON notification (manager_id, due_time) WHERE state = 0;
CREATE INDEX notification_snoozed
    ON notification (due_time) WHERE state = 0 AND fired_time = 0;
CREATE INDEX notification_fired ON notification (fired_seq) WHERE fired_seq > 0;

-- Managers by name; events may name others. `desks` is a desk mask.
CREATE TABLE manager (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    brand text COLLATE "C" NOT NULL,
    desks text NOT NULL,
    colour text NOT NULL,
    disabled smallint NOT NULL CHECK (disabled IN (0, 1))
);

CREATE TABLE desk (
    brand text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    title text NOT NULL,
    PRIMARY KEY (brand, code)
);

-- One row while an import is not finished: no server starts on a part of a store.
CREATE TABLE import (
    id boolean PRIMARY KEY CHECK (id),
    -- Lines of the file that are in, and their SHA-256.
    lines bigint NOT NULL,
    digest bytea NOT NULL
);
