"""The rules: pure functions and frozen values. No input or output, no clock, no randomness, no environment."""
