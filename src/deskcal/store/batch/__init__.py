"""One group of mutations in memory, whatever the database: what is staged, what is written."""
