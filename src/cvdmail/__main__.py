"""``python -m cvdmail``."""

from cvdmail.cli.main import main

main()
