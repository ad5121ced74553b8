-- Grams are words of the index as they are, and so are the last two letters of each word: the words
-- that begin with a pair of letters name the events with this pair. All texts are indexed again.
INSERT INTO event_gram (event_gram) VALUES ('delete-all');
DELETE FROM indexed_event;
UPDATE search_index SET indexed_seq = 0;
