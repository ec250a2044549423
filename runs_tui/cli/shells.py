"""Completion in bash, zsh and fish: the scripts, and what they are answered."""

import os
import re
import shlex
from collections.abc import MutableMapping
from typing import Any

from click import Command
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    split_arg_string,
)

OPEN = "open"
"""The kind of a completion behind which more is to be typed, without a blank."""

_BASH = r"""
%(complete_func)s() {
    local kind value IFS=$'\n'
    COMPREPLY=()
    while IFS=$'\t' read -r kind value; do
        [[ -n $value ]] && COMPREPLY+=("$value")
    done < <(%(complete_var)s=bash_complete COMP_WORDS="${COMP_LINE:0:COMP_POINT}" \
        COMP_KEPT="${COMP_LINE:0:COMP_POINT-${#2}}" %(prog_name)s 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && $COMPREPLY == *[:/=,] ]] && compopt -o nospace
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_ZSH = r"""#compdef %(prog_name)s
%(complete_func)s() {
    local -a plain open
    local kind value about line="${(j: :)${(@qq)${(@Q)words[1,CURRENT-1]}}} ${(qq)${(Q)PREFIX}}"
    while IFS=$'\t' read -r kind value about; do
        [[ -n $kind ]] || continue
        if [[ $kind == open ]]; then open+=("$value"); else plain+=("$value"); fi
    done < <(%(complete_var)s=zsh_complete COMP_WORDS="$line" %(prog_name)s 2>/dev/null)
    (( $#plain )) && compadd -U -V plain -- "${plain[@]}"
    (( $#open )) && compadd -U -S '' -V open -- "${open[@]}"
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""
_FISH = r"""
function %(complete_func)s
    env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp | string collect) \
        %(prog_name)s 2>/dev/null | while read -l --delimiter \t kind value about
        test -n "$kind"; and printf '%%s\t%%s\n' $value $about
    end
end
complete --no-files --keep-order --command %(prog_name)s --arguments '(%(complete_func)s)'
"""


class _Lines(ShellComplete):
    """Takes the line up to the cursor, and gives a completion a line: kind, text, about."""

    def __init__(
        self, cli: Command, ctx_args: MutableMapping[str, Any], prog_name: str, complete_var: str
    ) -> None:
        """Read the line that is being typed."""
        super().__init__(cli, ctx_args, prog_name, complete_var)
        self.line = os.environ.get("COMP_WORDS", "")

    def source(self) -> str:
        """Give the script of the shell."""
        return super().source().strip()

    def get_completion_args(self) -> tuple[list[str], str]:
        """Give the words before the one at the cursor, and that one."""
        return _words(self.line)

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Give a completion as a line."""
        kind = OPEN if item.value.endswith((":", "/", "=", ",")) else item.type
        about = " ".join((item.help or "").split())
        return "\t".join((kind, self.spelled(self._whole(item.value)), about))

    def spelled(self, value: str) -> str:
        """Write a value as the shell wants it."""
        return value

    def _whole(self, value: str) -> str:
        """Put the option back before a value that was typed behind its equals sign."""
        typed = self.get_completion_args()[1]
        return value if value.startswith(typed) else typed[: typed.find("=") + 1] + value


class Bash(_Lines):
    """Bash replaces what stands behind a word break or an open quotation, and quotes nothing."""

    name = "bash"
    source_template = _BASH

    def complete(self) -> str:
        """Give the completions; one that is open twice, or bash would close the quotation."""
        told = super().complete()
        alone = re.fullmatch(f"{OPEN}\t.+", told) and _quote(self.line)
        return f"{told}\n{told} " if alone else told

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Give a completion as a line; bash shows nothing about it."""
        return super().format_completion(item).rpartition("\t")[0]

    def spelled(self, value: str) -> str:
        """Escape a value, and leave out what the shell keeps; nothing in it may be carried out.

        Bash closes a quotation by itself, but not where its mark is the last character.
        """
        rest = value.removeprefix(_words(os.environ.get("COMP_KEPT", ""))[1])
        quote = _quote(self.line)
        if quote == '"':
            escaped = re.sub(r'([\\$`"])', r"\\\1", rest)
            return f'{escaped}"' if rest.endswith('"') else escaped
        if quote:
            escaped = rest.replace("'", "'\\''")
            return escaped[:-1] if rest.endswith("'") else escaped
        return re.sub(r"([^\w@%+=:,./~-])", r"\\\1", rest)


class Zsh(_Lines):
    """Zsh quotes by itself, and replaces the whole word."""

    name = "zsh"
    source_template = _ZSH


class Fish(_Lines):
    """Fish quotes by itself, and replaces the whole word."""

    name = "fish"
    source_template = _FISH


SHELLS = {shell.name: shell for shell in (Bash, Zsh, Fish)}


def register() -> None:
    """Let shells ask for completions in the way of these scripts."""
    for shell in SHELLS.values():
        add_completion_class(shell)


def _words(line: str) -> tuple[list[str], str]:
    """Give the words of a line before its last one, without the program, and the last one."""
    words = split_arg_string(line)
    between = line[-1:].isspace() and not _quote(line) and not line.endswith("\\ ")
    if len(words) > 1 and not between:
        return words[1:-1], words[-1]
    return words[1:], ""


def _quote(line: str) -> str:
    """Give the quotation mark that is open at the end of a line."""
    for mark in ("", "'", '"'):
        try:
            shlex.split(line + mark)
        except ValueError:
            continue
        return mark
    return ""
