"""How the database came to look as it does: one file per step, never changed once released."""
