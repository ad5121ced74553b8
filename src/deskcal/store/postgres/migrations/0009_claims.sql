-- Claims of calls: 0 no open call, 1 one that nobody has claimed, 2 claimed. pool_time: when an open
-- call joins the pool of its desk, Unix seconds; 0: never.
ALTER TABLE event
    ADD COLUMN claim_state smallint NOT NULL DEFAULT 0,
    ADD COLUMN claimed_by bigint NOT NULL DEFAULT 0,
    ADD COLUMN claim_until bigint NOT NULL DEFAULT 0,
    ADD COLUMN pool_time bigint NOT NULL DEFAULT 0;

UPDATE event AS e SET claim_state = 1,
    pool_time = CASE WHEN x.after_sec > 0 THEN e.start_time + x.after_sec ELSE 0 END
FROM (
    SELECT id, coalesce((replace(convert_from(document, 'UTF8'), '\u0000', '\u0020')::json
        ->> 'pool_after_sec')::bigint, 0) AS after_sec
    FROM event
) AS x
WHERE x.id = e.id AND e.status = 0 AND e.type IN (2, 4);

CREATE INDEX event_to_claim ON event (owner_manager_id, priority, start_time, id)
    WHERE claim_state = 1;
CREATE INDEX event_in_pool ON event (priority, start_time, id) INCLUDE (pool_time, collection_id)
    WHERE claim_state = 1 AND pool_time > 0;
CREATE INDEX event_by_pool_time ON event (pool_time, id) INCLUDE (collection_id)
    WHERE claim_state = 1 AND pool_time > 0;
CREATE INDEX event_by_claim_until ON event (claim_until, id) WHERE claim_state = 2;
CREATE INDEX event_by_claimer ON event (claimed_by) WHERE claim_state = 2;
CREATE INDEX event_claimed_customer ON event (customer_id)
    WHERE claim_state = 2 AND customer_id > 0;
CREATE INDEX event_claimed_lead ON event (lead_id) WHERE claim_state = 2 AND lead_id > 0;
CREATE INDEX event_claimed_login ON event (login) WHERE claim_state = 2 AND login > 0;
