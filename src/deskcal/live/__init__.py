"""What the server does on its own when something was committed or a time has come."""
