"""Settings to a running server."""
