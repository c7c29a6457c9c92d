"""The whole program from outside: real commands, real servers, independent readers, and a hand on the plug."""
