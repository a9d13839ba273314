"""Decides which files are ours, and reads C++ without its comments and strings."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_OURS = {"build", "node_modules", ".git", "__pycache__"}


def files(*suffixes: str, root: pathlib.Path = ROOT) -> list[pathlib.Path]:
    """All files of the tree with one of the suffixes (all without any), sorted; what others made or a build leaves is left out."""
    found = []
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if NOT_OURS.intersection(inside.parts) or not path.is_file():
            continue
        if not suffixes or path.suffix in suffixes:
            found.append(path)
    return found


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def blank(text: str) -> str:
    """The same C++ with comments and the inside of strings as spaces; lines and columns stay where they are."""

    def erase(match: re.Match) -> str:
        # 1'000'000 is a number: a quote between two digits opens nothing.
        if match[0].startswith("'") and text[match.start() - 1].isalnum():
            return match[0]
        return re.sub(r"[^\n]", " ", match[0])

    return TOKEN.sub(erase, text)
