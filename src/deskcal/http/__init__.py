"""HTTP: the web calendar, health, metrics, iCalendar feeds."""
