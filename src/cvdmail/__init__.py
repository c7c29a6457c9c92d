"""cvdmail: vendor correspondence for outbound coordinated vulnerability disclosure."""

__version__ = "0.1.0"
