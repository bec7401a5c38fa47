"""Trajectories of the Agent Data Protocol of our own making."""

from __future__ import annotations

from typing import Any


def asked(text: str) -> dict[str, Any]:
    return {"class_": "text_observation", "content": text, "name": None, "source": "user"}


def shown(text: str, name: str | None = None) -> dict[str, Any]:
    return {"class_": "text_observation", "content": text, "name": name, "source": "environment"}


def coded(code: str, language: str = "bash", why: str | None = None) -> dict[str, Any]:
    return {"class_": "code_action", "language": language, "content": code, "description": why}


def called(function: str, why: str | None = None, **kwargs: Any) -> dict[str, Any]:
    return {"class_": "api_action", "function": function, "kwargs": kwargs, "description": why}


def said(text: str, why: str | None = None) -> dict[str, Any]:
    return {"class_": "message_action", "content": text, "description": why}


def row(*content: Any, **details: str) -> dict[str, Any]:
    return {"id": "os_42", "content": list(content), "details": details}


PLAIN = row(
    asked("How many files?"),
    coded("ls | wc -l", why="Count them."),
    shown("3"),
    called("edit", path="a.py"),
    shown("edited"),
    said("Three."),
    feedback="positive",
    version="1.0",
)
