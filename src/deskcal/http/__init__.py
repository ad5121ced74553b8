"""HTTP beside TCP: the web calendar, health, metrics, iCalendar feeds."""
