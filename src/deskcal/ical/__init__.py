"""iCalendar (RFC 5545), written and read."""
