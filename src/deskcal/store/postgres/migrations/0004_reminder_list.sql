-- One manager's fired reminders by what became of them, for MngGetCalendarReminders.
CREATE INDEX notification_by_manager
    ON notification (manager_id, state, fired_time, due_time, event_id) WHERE fired_time > 0;
