"""``cvdmail demo``: the whole job in a minute, on loopback; nothing else in the program knows of it."""
