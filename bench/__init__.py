"""Benchmarks: each module measures one thing as a ratio against a floor or a peer in the same run."""
