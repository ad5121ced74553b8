-- The due time of an all-day event without a zone is checked against the end of its dates in
-- default_timezone, which was read in UTC before: the next start derives the columns again.
UPDATE all_day_index SET zones = '';
