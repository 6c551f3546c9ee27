"""What follows from a profile and the Standard: one module per question, pure functions."""
