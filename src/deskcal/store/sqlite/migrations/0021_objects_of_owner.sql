-- Series, and objects that are neither an event nor a series: few beside all of an owner's events.
CREATE INDEX calendar_object_of_owner ON calendar_object (owner_id, series_id) WHERE event_id = 0;
