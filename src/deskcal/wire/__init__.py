"""Bytes to requests, answers to bytes. No I/O."""
