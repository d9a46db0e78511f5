"""Pages of the calendars app."""
