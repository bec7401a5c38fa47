"""`python -m tracemill`: the command line."""

from tracemill.cli import main

if __name__ == "__main__":
    main()
