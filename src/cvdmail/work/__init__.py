"""One file per job the program does; the edges and the store are handed in."""
