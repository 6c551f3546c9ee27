"""The differences between two annexes in every format that `annexgen diff` writes."""
