"""Connections: admission, flow control, TCP and WebSocket."""
