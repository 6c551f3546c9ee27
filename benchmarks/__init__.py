"""Measures speed as ratios against other tools in the same run."""
