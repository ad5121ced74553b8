"""The demo desk: an invented calendar, and how it gets into a store."""
