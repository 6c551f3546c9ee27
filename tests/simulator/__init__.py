"""Tests of the simulated products."""
