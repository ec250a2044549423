"""What of an error is the same each time: its signature, in which `*` stands for the rest."""

import re
from functools import lru_cache

LONGEST = 160
"""The characters of the longest signature; adapters keep more of an error than that."""
_READ = 4000
"""The characters of a text that are looked at."""

_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_CODE = r"""
    (?:exit(?:ed)?|return[ ]code|errno|signal|sqlstate|code)(?:[ ]with)?(?:[ _-](?:code|status))?
    \W{1,2}(?:0x[0-9a-f]{1,8}|(?:[a-z]{1,6}-?)?\d{1,5})\b
  | error[ \[](?:[a-z]{1,6}-?)?\d{3,5}\b
  | (?:ora|tns|pls|aadsts)-?\d{3,6}\b
"""
"""How a program says with which code something ended."""
_STATUS = r"""
    (?:https?(?:/\d(?:\.\d)?)?|status(?:[ _-]?code)?)(?:[ ](?:error|status|code))*\W{1,2}[1-5]\d\d\b
  | (?:answered|responded|returned|got|received)(?:[ ]with)?(?:[ ]an?)?[ ][1-5]\d\d
    (?=$|[^\w\s*]|[ ](?:for|from|on|by|when|while|to)\b)
  | [45]\d\d(?=[ ](?:bad|client|conflict|forbidden|gateway|gone|internal|locked|not|payload
    |precondition|request|server|service|too[ ]many|unauthori[sz]ed|unprocess\w+)\b)
"""
"""How a status of HTTP is told."""
_NAME = rf"""
    (?:s3|ec2|k8s|utf-?(?:8|16|32)|sha-?(?:1|256|512)|md5|base64|u?int(?:8|16|32|64)|http[23]
    |float(?:16|32|64)|ipv[46]|oauth2?|x86_64|x86|a[mr][dm]64|win32|h26[45]|log4j|psycopg[23]
    |boto3|urllib3|python[23]|x509){_END}
  | [a-z][a-z0-9]{{0,9}}://
"""
"""Words that have a digit and are none the less the same each time."""
_VARYING = rf"""
    [0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}{_END}
  | [0-9a-f]{{12,}}{_END}
  | [^\W_]*\d[^\W_]*
"""
"""UUIDs, long hexadecimal, and every other word with a digit."""
_WORD = re.compile(
    rf"{_START}(?:(?P<kept>{_CODE}|{_STATUS}|{_NAME})|{_VARYING})", re.VERBOSE | re.IGNORECASE
)
_QUOTED = re.compile(rf"{_START}([\"'`])([^\"'`]{{1,300}})\1{_END}")
_ASKED = re.compile(r"(://[^\s?#\"'`]+[?#])[^\s\"'`<>)\]]+")
_TEMPORARY = re.compile(r"(/(?:tmp|var/tmp|var/folders)/)[^\s\"'`:;,)\]]+", re.IGNORECASE)
_HOME = re.compile(r"(/(?:home|Users)/)[^\s\"'`:;,)\]/]+(?=/)")

_DAY = r"\b(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,?[ ]"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DATE = re.compile(
    rf"(?:{_DAY})?(?:\*[ -]{_MONTH}\b(?:[ -]\*)?|\b{_MONTH}[ ]\*)|{_DAY}\*", re.VERBOSE
)
_UNIT = re.compile(
    r"""\*[ ]?(?:%|°C|[KMGTP]i?B?(?:/s)?|B|bytes?|k?bit/s|[nuµm]s|[smhd]|secs?|seconds?|mins?
    |minutes?|hrs?|hours?|days?|weeks?|[AP]M|UTC|GMT)(?![^\W_])""",
    re.VERBOSE | re.IGNORECASE,
)
_SIGN = re.compile(r"(?<![\w*)\]])[-+]\*")
_POD = re.compile(rf"(?<=\*-)[bcdfghjklmnpqrstvwxz]{{5}}{_END}")
"""The last part of the name of a pod, where it happens to have no digit."""
_ROW = re.compile(r"\*(?:[-_.:,/+\s]{0,3}\*)+")


@lru_cache(maxsize=4096)
def signature(text: str) -> str:
    """Write an error with `*` for its numbers, ids, times, sizes and what else varies.

    Codes that programs and servers end with are kept. A signature is its own signature.
    """
    text = " ".join(text[:_READ].split())
    while (again := _written(text)) != text:
        text = again
    return text


def _written(text: str) -> str:
    for varying in (_TEMPORARY, _HOME, _ASKED):
        text = varying.sub(r"\1*", text)
    text = _QUOTED.sub(_of_quoted, text)
    text = _WORD.sub(lambda word: word[0] if word["kept"] else "*", text)
    for told in (_DATE, _UNIT, _SIGN, _POD, _ROW):
        text = told.sub("*", text)
    return _cut(text)


def _of_quoted(quoted: re.Match[str]) -> str:
    """Leave out what is quoted where it varies; of addresses and paths, only words that do."""
    mark, inside = quoted[1], quoted[2]
    varies = any(word["kept"] is None for word in _WORD.finditer(inside))
    return f"{mark}*{mark}" if varies and "/" not in inside else quoted[0]


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST - 1]
    words = head.rpartition(" ")[0]
    return f"{words} *" if words else f"{head}*"
