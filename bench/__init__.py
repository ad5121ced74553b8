"""Benchmarks: deskcal beside the least that could do the same on this machine, in one run."""
