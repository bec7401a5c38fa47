from pathlib import Path

import pytest

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.named_files import read_named


def test_a_file_that_a_person_names_is_read_or_named_with_what_is_wrong(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text("name = 'é'", "utf-8")
    bad.write_bytes(b"\xff")

    assert read_named(good, "plan") == "name = 'é'"
    with pytest.raises(UsageError, match=r"the plan '.*bad\.toml' is no text in UTF-8"):
        read_named(bad, "plan")
    with pytest.raises(UsageError, match=r"cannot read the plan '.*': Is a directory"):
        read_named(tmp_path, "plan")
    for missing in (tmp_path / "none", good / "below"):
        with pytest.raises(NotFoundError, match=r"no such file .*'; expected the plan there$"):
            read_named(missing, "plan")
