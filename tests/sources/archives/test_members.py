"""What an archive gives is what was put in, whatever its kind; what is bad in it is named."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracemill.sources.archives import ARCHIVE_KINDS, archive_kind
from tracemill.sources.archives.members import Packed, Refused, Unpacker, survey
from tracemill.sources.archives.unpacked import ArchiveError, Limits
from tracemill.sources.head import HEAD_BYTES, Head

COMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}
FILES = {"a.jsonl": b'{"a": 1}\n' * 9_000, "s/b.txt": b"", "s/\u00e9 c.md": "\u00e9".encode()}
LINE = b'{"n": 1}\n'


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: Mapping[str, bytes], *others: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for entry in others:
            archive.addfile(entry)
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def look(path: Path, data: bytes, limits: Limits | None = None) -> list[Packed | Refused]:
    path.write_bytes(data)
    kind = archive_kind(Head(path, data[:HEAD_BYTES]))
    assert kind is not None
    return list(survey(path, kind, limits or Limits()))


def faults(found: list[Packed | Refused]) -> list[tuple[str | None, str]]:
    return [(one.name, one.reason) for one in found if isinstance(one, Refused)]


@pytest.mark.parametrize(
    "data",
    [
        zipped(FILES),
        zipped(FILES, zipfile.ZIP_STORED),
        tarred(FILES),
        *(compress(tarred(FILES)) for compress in COMPRESS.values()),
    ],
    ids=["zip", "stored", "tar", *(f"tar{kind}" for kind in COMPRESS)],
)
def test_members_come_out_as_they_went_in(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    found = look(path, data)
    with Unpacker() as unpacker:
        unpacked = {name: unpacker.open(path, name).read() for name in (*FILES, "a.jsonl")}

    assert unpacked == FILES
    assert found == [
        Packed(name, len(data), sha256(data).hexdigest(), data[:HEAD_BYTES])
        for name, data in FILES.items()
    ]


@pytest.mark.parametrize("ending", COMPRESS)
@pytest.mark.parametrize("n_streams", [1, 3])
def test_a_compressed_file_is_its_one_member(ending: str, n_streams: int, tmp_path: Path) -> None:
    path = tmp_path / f"log.jsonl{ending}"
    (found,) = look(path, COMPRESS[ending](LINE * 9_000) * n_streams)
    with Unpacker() as unpacker:
        unpacked = unpacker.open(path, "log.jsonl").read()

    assert found.name == "log.jsonl"
    assert unpacked == LINE * 9_000 * n_streams


@pytest.mark.parametrize("ending", COMPRESS)
def test_what_stands_behind_a_compressed_file_is_said(ending: str, tmp_path: Path) -> None:
    found = look(tmp_path / f"log{ending}", COMPRESS[ending](LINE) + b"\0\0nothing of it")

    assert [type(one) for one in found] == [Packed, Refused]
    assert faults(found) == [(None, "trailing_data")]


@pytest.mark.parametrize("ending", COMPRESS)
def test_a_compressed_file_that_breaks_off_is_damaged(ending: str, tmp_path: Path) -> None:
    found = look(tmp_path / f"log{ending}", COMPRESS[ending](bytes(range(256)) * 99)[:-2])

    assert faults(found) == [(None, "corrupt_archive")]


def test_of_a_tar_file_that_breaks_off_what_is_whole_is_read(tmp_path: Path) -> None:
    found = look(tmp_path / "a.tar", tarred({"a": LINE, "b": LINE * 900})[:2_000])

    assert [one.name for one in found] == ["a", None]
    assert faults(found) == [(None, "corrupt_archive")]


def linked(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc"
    return entry


@pytest.mark.parametrize(
    "name", ["/a", "../a", "a/../../b", "a\\b", "\\a", "C:a", "..", "a\x1b[2J", "x" * 1_001]
)
@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
def test_a_name_that_points_elsewhere_is_refused(
    name: str, pack: Callable[[Mapping[str, bytes]], bytes], tmp_path: Path
) -> None:
    found = look(tmp_path / "archive", pack({name: LINE, "good": LINE}))

    assert faults(found) == [(name[:1_000], "unsafe_path")]
    assert [one.name for one in found if isinstance(one, Packed)] == ["good"]


def test_names_of_windows_are_names_of_folders_and_no_way_out(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("logs\\a", "logs\\b\\", "..\\c", "\\d"):
            info = zipfile.ZipInfo(name)
            info.create_system = 0
            archive.writestr(info, LINE)
    found = look(tmp_path / "archive", out.getvalue())
    with Unpacker() as unpacker:
        unpacked = unpacker.open(tmp_path / "archive", "logs/a").read()

    assert unpacked == LINE
    assert faults(found) == [("../c", "unsafe_path"), ("/d", "unsafe_path")]
    assert [one.name for one in found if isinstance(one, Packed)] == ["logs/a"]


def test_names_stay_apart_whatever_they_are(tmp_path: Path) -> None:
    data = tarred({"a": LINE, "./a": LINE, "a#2": LINE}, linked("a"), linked("a"))

    names = [one.name for one in look(tmp_path / "archive", data)]

    assert names == ["a", "a#2", "a#3", "a#4", "a#2#2"]


def test_a_method_or_password_that_is_not_known_is_named(tmp_path: Path) -> None:
    data = zipped({"a": LINE}, zipfile.ZIP_BZIP2)
    locked = bytearray(zipped({"a": LINE}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1

    newer = bytearray(zipped({"a": LINE}))
    newer[newer.index(b"PK\x01\x02") + 6] = 99

    assert faults(look(tmp_path / "archive", data)) == [("a", "unknown_compression")]
    assert faults(look(tmp_path / "archive", bytes(newer))) == [(None, "unknown_compression")]
    assert faults(look(tmp_path / "archive", bytes(locked))) == [("a", "encrypted")]


def test_a_member_that_is_packed_in_a_newer_way_leaves_the_others_readable(tmp_path: Path) -> None:
    patched = bytearray(zipped({"a": LINE, "b": LINE}))
    patched[patched.index(b"PK\x01\x02") + 8] |= 0x20  # "compressed patched data"
    path = tmp_path / "archive"

    found = look(path, bytes(patched))

    assert faults(found) == [("a", "unknown_compression")]
    assert [one.name for one in found if isinstance(one, Packed)] == ["b"]
    with Unpacker() as unpacker:
        assert unpacker.open(path, "b").read() == LINE
        with pytest.raises(ArchiveError, match="newer than this program"):
            unpacker.open(path, "a")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(n_members=2), "too_many_members"),
        (Limits(n_bytes=5_000), "too_large"),
        (Limits(ratio=10, free_bytes=5_000), "decompression_bomb"),
    ],
)
@pytest.mark.parametrize("pack", [zipped, lambda files: gzip.compress(tarred(files))])
def test_what_holds_too_much_is_refused_as_a_whole(
    pack: Callable[[Mapping[str, bytes]], bytes], limits: Limits, reason: str, tmp_path: Path
) -> None:
    *_, last = look(tmp_path / "archive", pack(dict.fromkeys("abc", b" " * 9_000)), limits)

    assert isinstance(last, Refused)
    assert (last.name, last.reason, last.is_of_all) == (None, reason, True)


def test_a_header_that_fits_no_memory_is_refused(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("note")
    entry.type, entry.size = tarfile.XHDTYPE, 2**30
    path = tmp_path / "a.tar"

    assert faults(look(path, entry.tobuf())) == [(None, "too_large")]


def test_a_file_with_the_end_of_an_archive_alone_holds_nothing(tmp_path: Path) -> None:
    assert look(tmp_path / "a.tar", bytes(10_240)) == []
    assert archive_kind(Head(Path("a.bin"), bytes(10_240))) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        [zipped(FILES), tarred(FILES, linked("l")), *(c(tarred(FILES)) for c in COMPRESS.values())]
    ),
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=8),
    st.integers(0, 2**16),
)
def test_a_damaged_archive_gives_members_or_faults_and_no_error(
    tmp_path: Path, data: bytes, changes: list[tuple[int, int]], n_cut: int
) -> None:
    mangled = bytearray(data)
    for at, byte in changes:
        mangled[at % len(mangled)] = byte
    path = tmp_path / "archive"
    path.write_bytes(mangled[: max(len(mangled) - n_cut, 1)])

    for kind in ARCHIVE_KINDS:
        found = list(survey(path, kind))
        names = [one.name for one in found if one.name is not None]
        assert len(set(names)) == len(names)


def test_a_member_that_is_gone_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(zipped({"a": LINE}))
    with Unpacker() as unpacker, pytest.raises(ArchiveError, match="no longer holds"):
        unpacker.open(path, "b")
