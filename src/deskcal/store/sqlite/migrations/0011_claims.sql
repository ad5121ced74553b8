-- Claims of calls: 0 no open call, 1 one that nobody has claimed, 2 claimed.
ALTER TABLE event ADD COLUMN claim_state INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN claimed_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN claim_until INTEGER NOT NULL DEFAULT 0;
-- When an open call joins the pool of its desk, Unix seconds; 0: never.
ALTER TABLE event ADD COLUMN pool_time INTEGER NOT NULL DEFAULT 0;

UPDATE event SET claim_state = 1, pool_time = coalesce((
    SELECT start_time + json_extract(text, '$.pool_after_sec')
    FROM (SELECT CAST(document AS TEXT) AS text)
    WHERE json_extract(text, '$.pool_after_sec') > 0
), 0)
WHERE status = 0 AND type IN (2, 4);

CREATE INDEX event_to_claim ON event (owner_manager_id, priority, start_time, id)
    WHERE claim_state = 1;
CREATE INDEX event_in_pool ON event (priority, start_time, id, pool_time, collection_id)
    WHERE claim_state = 1 AND pool_time > 0;
CREATE INDEX event_by_pool_time ON event (pool_time, id, collection_id)
    WHERE claim_state = 1 AND pool_time > 0;
CREATE INDEX event_by_claim_until ON event (claim_until, id) WHERE claim_state = 2;
CREATE INDEX event_by_claimer ON event (claimed_by) WHERE claim_state = 2;
CREATE INDEX event_claimed_customer ON event (customer_id)
    WHERE claim_state = 2 AND customer_id > 0;
CREATE INDEX event_claimed_lead ON event (lead_id) WHERE claim_state = 2 AND lead_id > 0;
CREATE INDEX event_claimed_login ON event (login) WHERE claim_state = 2 AND login > 0;
