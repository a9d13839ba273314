"""No file is longer than 300 lines, and whoever silences a tool says why in the same line."""
import re
import sys

import sources

LONGEST = 300
SUFFIXES = (".cpp", ".hpp", ".py", ".mjs", ".js", ".css", ".html", ".sh")
# Programs without a suffix say with their first line what they are written in.
SCRIPTS = re.compile(r"#!.*\b(sh|bash|python3|node)\b")
SILENCED = re.compile(r"NOLINT(?:NEXTLINE|BEGIN)?(?![A-Z])|shellcheck disable|eslint-disable|# noqa|type: ignore|pylint: disable")
WITH_REASON = re.compile(
    r"NOLINT(?:NEXTLINE|BEGIN)?\([\w.,* -]+\):? +\S+ \S+.*|(?:shellcheck disable=\w+|# noqa: \w+|type: ignore\[[\w-]+\]) +# *\S+ \S+.*")


def problems(path: str, text: str) -> list[str]:
    """What is too long or silenced without a reason in the file `path` that holds `text`, as lines to print."""
    found = []
    lines = text.splitlines()
    if len(lines) > LONGEST:
        found.append(f"{path}: {len(lines)} lines, {LONGEST} at most: which two things does it decide?")
    for number, line in enumerate(lines, 1):
        if SILENCED.search(line) and not WITH_REASON.search(line):
            found.append(f"{path}:{number}: silences a check without naming it and saying why")
    return found


def silenced_for_all(text: str) -> list[str]:
    """The checks that `.clang-tidy` (its text) turns off without a reason in the same line or above their group."""
    found = []
    reason = False
    for number, line in enumerate(text.splitlines(), 1):
        off = re.match(r"\s*-\s*['\"]?-[\w.*-]+", line)
        if off and "#" not in line and not reason:
            found.append(f".clang-tidy:{number}: {line.strip()} has no reason")
        reason = line.strip().startswith("#") or bool(off and reason)
    return found


def main() -> int:
    found, count = [], 0
    for path in sources.files():
        text = path.read_text(errors="replace")
        if path.suffix not in SUFFIXES and (path.suffix or not SCRIPTS.match(text)):
            continue
        count += 1
        if path.parent.name != "structure":  # these files speak of the words that they look for
            found += problems(path.relative_to(sources.ROOT).as_posix(), text)
    found += silenced_for_all((sources.ROOT / ".clang-tidy").read_text())
    print("\n".join(found) or f"{count} files, none over {LONGEST} lines, nothing silenced without a reason")
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main())
