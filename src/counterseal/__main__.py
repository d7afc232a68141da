"""``python -m counterseal`` is the program ``counterseal``."""

from counterseal.app.cli.main import main

if __name__ == "__main__":
    main()
