"""How cells look, as the terminal is told (SGR), and the shortest way from one look to another."""

from functools import lru_cache
from typing import NamedTuple

VISIBLE = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""The marks that are seen where nothing is written: underlines, reverse video, lines, frames."""

_OFF = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "53": "55",
}
"""The marks, each with what ends it everywhere; 22 ends both bold and dim."""
_RARE = frozenset({"6", "21", "51", "52"})
"""The marks that only a reset ends everywhere."""
_FORE = frozenset(str(code) for code in (*range(30, 38), *range(90, 98)))
_BACK = frozenset(str(code) for code in (*range(40, 48), *range(100, 108)))
_NO_FORE, _NO_BACK = "39", "49"
"""The terminal's own two colours."""


class Unclear(Exception):
    """Something was written that is not known to us."""


class Style(NamedTuple):
    """How a cell looks."""

    fore: str = ""
    """The code of its colour as it was written, such as `38;2;1;2;3`; empty for the default."""
    back: str = ""
    """The code of its background."""
    marks: frozenset[str] = frozenset()
    """The codes of bold, underline and the like."""
    link: str = ""
    """The parameters and the address of its link, as they were written."""

    @property
    def of_blank(self) -> "Style":
        """Give what can be seen of it where nothing is written."""
        return self if self.marks & VISIBLE else Style(back=self.back, link=self.link)


PLAIN = Style()


@lru_cache(4096)
def told(style: Style, codes: str) -> Style:
    """Give a style after it was told some codes, which stand between `ESC [` and `m`."""
    left = codes.split(";")
    while left:
        code = left.pop(0).lstrip("0")
        if not code:
            style = Style(link=style.link)
        elif code in _OFF or code in _RARE:
            style = style._replace(marks=style.marks | {code})
        elif code in _FORE:
            style = style._replace(fore=code)
        elif code in _BACK:
            style = style._replace(back=code)
        elif code == "38":
            style = style._replace(fore=_colour(code, left))
        elif code == "48":
            style = style._replace(back=_colour(code, left))
        elif code == _NO_FORE:
            style = style._replace(fore="")
        elif code == _NO_BACK:
            style = style._replace(back="")
        else:
            raise Unclear(codes)
    return style


def _colour(code: str, left: list[str]) -> str:
    """Take what follows the code of a colour: `5;N` of a palette, `2;R;G;B`."""
    count = {"5": 2, "2": 4}.get(left[0] if left else "", 0)
    if not count or len(left) < count or not all(part.isdecimal() for part in left[:count]):
        raise Unclear(code)
    colour = ";".join([code, *left[:count]])
    del left[:count]
    return colour


@lru_cache(4096)
def change(old: Style, new: Style) -> str:
    """Write the shortest change from one style to another: what differs, or all after a reset."""
    link = "" if old.link == new.link else f"\x1b]8;{new.link or ';'}\x1b\\"
    if old[:3] == new[:3]:
        return link
    whole = ["", *sorted(new.marks), *filter(None, (new.fore, new.back))]
    anew = f"\x1b[{';'.join(whole)}m"
    ended, begun = old.marks - new.marks, new.marks - old.marks
    if ended & _RARE or (ended and new.marks & _RARE):
        return link + anew
    offs = {_OFF[mark] for mark in ended}
    begun |= {mark for mark in new.marks if _OFF.get(mark) in offs}
    codes = [*sorted(offs), *sorted(begun)]
    if old.fore != new.fore:
        codes.append(new.fore or _NO_FORE)
    if old.back != new.back:
        codes.append(new.back or _NO_BACK)
    return link + min(anew, f"\x1b[{';'.join(codes)}m", key=len)


@lru_cache(4096)
def for_blank(pen: Style, blank: Style) -> Style:
    """Give the style nearest to the pen's in which a blank looks as it should."""
    if blank.marks:
        return blank
    kept = Style(pen.fore, blank.back, pen.marks - VISIBLE, blank.link)
    return min(kept, blank, key=lambda style: len(change(pen, style)))
