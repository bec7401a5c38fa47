"""Exit codes: what other programs may rely on."""

from typing import Final

EXIT_DONE: Final = 0
EXIT_NO: Final = 1
EXIT_USAGE: Final = 2
EXIT_NOTHING: Final = 3
EXIT_PARTLY: Final = 4
EXIT_REFUSED: Final = 5
EXIT_STORE: Final = 6
EXIT_INTERRUPTED: Final = 130
