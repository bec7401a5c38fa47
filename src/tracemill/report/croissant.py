"""Croissant: a dataset version in the words of schema.org that search engines and loaders read.

It names every file with its hash, and for each kind of example and split its columns. Nothing in it
is not in the manifest and the schemas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tracemill.records.datasets.versions import DatasetVersion, ExportedFile

CROISSANT_VERSION: Final = "1.0"
_CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_ABOUT: Final = (
    "Training examples from real coding-agent sessions, made by Tracemill. README.md tells what "
    "they are made of, what was left out, and what nobody checked."
)
_TYPES: Final = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "double": "sc:Float",
    "extension<arrow.json>": "sc:Text",
}
_ENCODINGS: Final = {
    "parquet": "application/x-parquet",
    "jsonl": "application/jsonlines",
}


def croissant(version: DatasetVersion, columns: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the metadata of a version as JSON-LD.

    Args:
        version: what is told.
        columns: for each format, its columns and their types in Arrow's words.
    """
    tables = [file for file in version.files if file.path.endswith(".parquet")]
    return {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "name": version.name,
        "description": _ABOUT,
        "conformsTo": f"http://mlcommons.org/croissant/{CROISSANT_VERSION}",
        "version": f"1.0.0+{version.id.removeprefix('dataset_')}",
        "license": "unknown",
        "distribution": [_file(file) for file in version.files],
        "recordSet": [_records(f, columns[f.format]) for f in tables if f.format in columns],
    }


def _file(file: ExportedFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.n_bytes} B",
        "encodingFormat": _ENCODINGS.get(file.path.rpartition(".")[2], "application/json"),
        "sha256": file.sha256,
    }


def _records(file: ExportedFile, columns: Mapping[str, str]) -> dict[str, Any]:
    stem = file.path.removesuffix(".parquet")
    return {
        "@type": "cr:RecordSet",
        "@id": stem,
        "name": stem,
        "description": f"Rows of {file.format}; columns that nest hold JSON.",
        "field": list(_fields(file, stem, columns)),
    }


def _fields(file: ExportedFile, stem: str, columns: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name, kind in columns.items():
        inner = kind.removeprefix("list<item: ").removesuffix(">") if "list<" in kind else kind
        yield {
            "@type": "cr:Field",
            "@id": f"{stem}/{name}",
            "name": name,
            "dataType": _TYPES.get(inner, "sc:Text"),
            **({"repeated": True} if inner != kind else {}),
            "source": {"fileObject": {"@id": file.path}, "extract": {"column": name}},
        }
