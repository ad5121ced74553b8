-- Brand and desk of events; RFC 4791 calls the nearest thing a calendar collection.
CREATE TABLE collection (
    id INTEGER PRIMARY KEY,
    brand TEXT NOT NULL,
    desk TEXT NOT NULL,
    UNIQUE (brand, desk)
) STRICT;

-- The document is the record; every other column is an index derived from it.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collection (id),
    duration_class INTEGER NOT NULL,
    start_time INTEGER NOT NULL,
    end_time INTEGER NOT NULL,
    type INTEGER NOT NULL,
    status INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    lead_id INTEGER NOT NULL,
    login INTEGER NOT NULL,
    document BLOB NOT NULL
) STRICT;

CREATE INDEX event_by_time
    ON event (duration_class, start_time, id, end_time, collection_id, type, status);
CREATE INDEX event_by_customer ON event (customer_id, start_time) WHERE customer_id > 0;
CREATE INDEX event_by_lead ON event (lead_id, start_time) WHERE lead_id > 0;
CREATE INDEX event_by_login ON event (login, start_time) WHERE login > 0;

-- Owner, creator and participants of each event, each manager once.
CREATE TABLE event_manager (
    manager_id INTEGER NOT NULL,
    duration_class INTEGER NOT NULL,
    start_time INTEGER NOT NULL,
    event_id INTEGER NOT NULL REFERENCES event (id),
    end_time INTEGER NOT NULL,
    PRIMARY KEY (manager_id, duration_class, start_time, event_id)
) STRICT, WITHOUT ROWID;

-- One row a change, in commit order; the document as of that change (of a deletion: the last one).
CREATE TABLE change (
    seq INTEGER PRIMARY KEY,
    event_id INTEGER NOT NULL,
    type INTEGER NOT NULL,
    time INTEGER NOT NULL,
    actor INTEGER NOT NULL,
    document BLOB NOT NULL
) STRICT;

CREATE INDEX change_by_event ON change (event_id, seq);

-- First answers of creates that carried an idempotency_key.
CREATE TABLE idempotency (
    manager_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (manager_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_time ON idempotency (time);

-- The last number given out of each kind, so that none is used again, also after a deletion.
CREATE TABLE counter (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last_event_id INTEGER NOT NULL,
    last_seq INTEGER NOT NULL
) STRICT;

INSERT INTO counter VALUES (1, 0, 0);
