-- Numbers that no change has: cursors between the two are of a timeline that a restored backup has
-- undone. See docs/decisions/0014.
CREATE TABLE cursor_gap (
    lower bigint PRIMARY KEY,
    upper bigint NOT NULL
);
