-- Passwords of calendar apps, each with the scope of the session that made it.
CREATE TABLE device (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    manager_id bigint NOT NULL,
    name text NOT NULL,
    -- Of what the device creates.
    brand text NOT NULL,
    type integer NOT NULL,
    desks text NOT NULL,
    brands text NOT NULL,
    -- The beginning of the password; no secret.
    selector text NOT NULL,
    -- scrypt, with its parameters.
    hash text NOT NULL,
    created_time bigint NOT NULL,
    -- Unix seconds; 0: never used.
    last_used_time bigint NOT NULL
);

CREATE INDEX device_by_manager ON device (manager_id, id);
