"""What an event is, who may see it, when it is due: pure functions over structs."""
