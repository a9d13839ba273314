"""Every public declaration in a header has its comment: types, enumerations and functions that others can name."""
import re
import sys

import sources

ROOMS = ("config", "tls", "proxy", "demo", "test")
OPENS = re.compile(r"[{};:]|#(?:\\\n|[^\n])*")
TYPE = re.compile(r"(?:^|\s)(class|struct|union|enum(?:\s+(?:class|struct))?)\s+(?:\[\[[^\]]*\]\]\s*)?(\w+)(?:\s+final)?[^()=;]*$")
ACCESS = re.compile(r"(public|protected|private)\s*$")
FUNCTION = re.compile(r"(operator\s*[^\s\w]{1,3}|operator\s+[\w:]+|~?\w+)\s*\(")
# These say nothing that the language does not say already.
PLAIN = re.compile(r"=\s*(default|delete)\s*$")


def problems(path: str, text: str) -> list[str]:
    """Public declarations of the header `text` that no comment precedes, and a missing opening sentence, as lines to print."""
    found = []
    if not text.startswith("//"):
        found.append(f"{path}:1: no opening sentence that says what this file decides")
    for line, name in uncommented(text):
        found.append(f"{path}:{line}: {name} has no comment")
    return found


def uncommented(text: str) -> list[tuple[int, str]]:
    """(line, name) of each public declaration without a comment right above it or behind it."""
    code = sources.blank(text)
    lines = text.split("\n")
    # A scope is (kind, public, name): kind is namespace, type or body; inside a body nothing is public.
    scopes = [("namespace", True, "")]
    found, start, previous = [], 0, ""
    for match in boundaries(code):
        mark = match[0]
        kind, public, owner = scopes[-1]
        said = code[start:match.start()]
        if mark.startswith("#"):
            start = match.end()
            continue
        if mark == ":":
            access = ACCESS.search(said)
            if access and kind == "type":
                scopes[-1] = (kind, access[1] == "public", owner)
                start, previous = match.end(), ""
            continue
        if mark == "}":
            if len(scopes) > 1:
                scopes.pop()
            start = match.end()
            continue
        if kind != "body" and public and said.strip():
            name = declared(said, mark, owner)
            begin = start + len(said) - len(said.lstrip())
            if name and name != previous and not has_comment(text, lines, begin, match.start()):
                found.append((text.count("\n", 0, begin) + 1, name))
            previous = name
        if mark == "{":
            scopes.append(entered(said, kind, public))
        start = match.end()
    return found


def boundaries(code: str):
    """The marks that end a declaration or open a scope, except those inside parentheses and `::`."""
    depth = 0
    position = 0
    for match in re.finditer(r"::|[()]|" + OPENS.pattern, code):
        if match.start() < position or match[0] == "::":
            continue
        if match[0] in "()":
            depth += 1 if match[0] == "(" else -1
        elif depth == 0:
            yield match
        position = match.end()


def entered(said: str, kind: str, public: bool) -> tuple[str, bool, str]:
    """The scope that the brace behind `said` opens."""
    if kind != "body":
        if re.search(r"\bnamespace\b", said) or re.match(r'\s*extern\s*"', said):
            # An unnamed namespace or `detail` is nobody else's.
            hidden = re.search(r"\bnamespace\s*$|\bdetail\s*$", said)
            return ("body", False, "") if hidden else ("namespace", True, "")
        of_type = TYPE.search(without_templates(said))
        if of_type and not of_type[1].startswith("enum"):
            return ("type", public and of_type[1] != "class", of_type[2])
    return ("body", False, "")


def declared(said: str, mark: str, owner: str) -> str:
    """The name of the type or function that `said` declares; empty for what needs no comment."""
    said = without_templates(said).strip()
    if PLAIN.search(said) or re.match(r"(friend|using|namespace|static_assert|extern\s*$|public|private)\b", said):
        return ""
    of_type = TYPE.search(said)
    if of_type:
        return of_type[2] if mark == "{" else ""
    # The default of a parameter or a variable's value may call something: only what stands before `=` is the name.
    function = FUNCTION.search(said if "operator" in said else said.split("=")[0])
    if not function or function[1] in ("decltype", "alignas", "requires"):
        return ""
    # What every type has (made from nothing, copied, moved, destroyed) is plain too; other constructors are explained.
    if function[1] in (owner, "operator=") and re.search(rf"\(\s*((const\s+)?{owner}\s*&&?\s*\w*)?\)", said):
        return ""
    return "" if function[1] == f"~{owner}" else function[1].replace(" ", "")


def without_templates(said: str) -> str:
    """`said` without attributes, template heads and template arguments, whose words are none of a declaration's own."""
    said = re.sub(r"\[\[.*?\]\]", " ", said, flags=re.DOTALL)
    if "operator<" in said or "operator>" in said or "operator-" in said:
        return said
    before = None
    while before != said:
        before, said = said, re.sub(r"<[^<>]*>", "", said)
    return re.sub(r"^\s*template\b", " ", said)


def has_comment(text: str, lines: list[str], begin: int, end: int) -> bool:
    """Whether a comment stands in the line above `begin`, or behind the declaration that stops at `end`."""
    first = text.count("\n", 0, begin)
    above = lines[first - 1].strip() if first else ""
    behind = text[end:].split("\n", 1)[0]
    return above.startswith("//") or above.endswith("*/") or "//" in behind


def main() -> int:
    found, count = [], 0
    for path in sources.files(".hpp"):
        name = path.relative_to(sources.ROOT).as_posix()
        if name.split("/")[0] in ROOMS:
            count += 1
            found += problems(name, path.read_text())
    print("\n".join(found) or f"{count} headers, each public declaration with its comment")
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main())
