"""The command line: each command parses, calls one job, and shows the result."""
