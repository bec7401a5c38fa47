from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.ids import digest, make_id

parts = st.lists(st.text(max_size=5) | st.binary(max_size=5), max_size=4)


@given(first=parts, second=parts)
def test_equal_parts_and_only_they_have_equal_digests(
    first: list[str | bytes], second: list[str | bytes]
) -> None:
    as_bytes = [
        [p.encode("utf-8", "surrogatepass") if isinstance(p, str) else p for p in ps]
        for ps in (first, second)
    ]

    assert (digest(*first) == digest(*second)) == (as_bytes[0] == as_bytes[1])


def test_an_id_says_its_kind_and_stays_the_same_forever() -> None:
    assert make_id("traj", "claude-code", "s1") == "traj_c487766ab24ec4f8352a"
