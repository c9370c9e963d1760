"""Readers of what the views write: a strict reader of the page, and a walk over values."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

_VOID = {"meta", "br", "link", "img", "input", "hr"}
SVG = "{http://www.w3.org/2000/svg}"


class Page(HTMLParser):
    """Tags of a page in order, its ids and links, its text; raises where tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        if named.get("id"):
            self.ids.append(str(named["id"]))
        for key, value in attrs:
            if key in ("title", "content"):
                self.words.append(str(value))

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def links(self) -> Iterator[str]:
        for tag, named in self.tags:
            if tag == "a" and named.get("href"):
                yield str(named["href"])


def block(page: str, anchor: str) -> str:
    """Markup from an anchor to the end of its <details>."""
    start = page.index(f'id="{anchor}"')
    return page[start : page.index("</details>", start)]


def drawings(page: str) -> list[ElementTree.Element]:
    """All <svg> of a page, read as XML."""
    return [ElementTree.fromstring(text) for text in re.findall(r"<svg .*?</svg>", page, flags=re.S)]


def drawn_text(svg: str) -> str:
    """All text of a drawing, titles included."""
    return " ".join(ElementTree.fromstring(svg).itertext())


def strings(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """(field, text) of every text inside a value, fields named 'Class.field'."""
    if isinstance(value, str):
        yield at, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from strings(getattr(value, field.name), f"{type(value).__name__}.{field.name}")
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item, at)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from strings(item, at)


def mapped(value: Any, change: Callable[[str, str], str], at: str = "") -> Any:
    """The value with every text changed by ``change(field, text)``."""
    if isinstance(value, str):
        return change(at, value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value,
            **{
                field.name: mapped(getattr(value, field.name), change, f"{type(value).__name__}.{field.name}")
                for field in dataclasses.fields(value)
            },
        )
    if isinstance(value, Mapping):
        return {key: mapped(item, change, at) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(mapped(item, change, at) for item in value)
    return value
