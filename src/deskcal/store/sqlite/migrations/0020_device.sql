-- Passwords of calendar apps, each with the scope of the session that made it.
CREATE TABLE device (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    manager_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- Of what the device creates.
    brand TEXT NOT NULL,
    type INTEGER NOT NULL,
    desks TEXT NOT NULL,
    brands TEXT NOT NULL,
    -- The beginning of the password; no secret.
    selector TEXT NOT NULL,
    -- scrypt, with its parameters.
    hash TEXT NOT NULL,
    created_time INTEGER NOT NULL,
    -- Unix seconds; 0: never used.
    last_used_time INTEGER NOT NULL
) STRICT;

CREATE INDEX device_by_manager ON device (manager_id, id);
