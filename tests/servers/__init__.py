"""Real mail servers for the tests, each in a folder of its own under /tmp, on free ports of 127.0.0.1."""
