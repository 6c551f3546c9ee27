"""Where instances are, and a fast reader of their elements."""
