"""What was seen: mergeable counts per SOP Class and element path."""
