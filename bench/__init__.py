"""Benchmarks, each with its peer or its limit beside it. `make bench` runs them all."""
