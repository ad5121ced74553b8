"""CalDAV: a manager's calendar for calendar apps. Source: RFC 4791; contract, section 16."""
