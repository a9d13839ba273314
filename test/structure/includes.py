"""The rooms include in one direction: main -> proxy -> tls -> config. Decisions do no I/O. The demo and the proxy share no code."""
import pathlib
import re
import sys

import sources

ROOMS = ("config", "tls", "proxy", "demo", "test")
# What a room may include of the others; test may include everything, so it is not listed.
MAY = {"config": {"config"}, "tls": {"config", "tls"}, "proxy": {"config", "tls", "proxy"}, "demo": {"demo"}}

# The pure rooms: values in, values out, so that each rule is tested without a socket.
PURE = re.compile(r"proxy/(http/|websocket/(frames|close_policy)\b|access/(authorize|request_id)\b)")
NO_IO = re.compile(
    r"""boost/asio(\.hpp|/(?!ip/(address|network)|buffer|const_buffer|mutable_buffer))  # addresses and buffers are values
    |boost/beast(\.hpp|/core\.hpp|/core/(tcp_stream|basic_stream|flat_stream)|/websocket|/ssl|/http/(read|write)|/http\.hpp)
    |openssl/(ssl|bio|err)\.h|spdlog/|prometheus/
    |sys/(socket|epoll|uio)\.h|netinet/|unistd\.h|fstream|iostream|thread|mutex
    |tls/|proxy/(telemetry|session|upstream|server)""",
    re.VERBOSE,
)
# TLS and reading YAML happen in their own rooms.
ONLY_IN = {"openssl/ssl.h": ("tls", "demo", "test"), "yaml-cpp/": ("config", "test"), "CLI": ("config", "demo", "test")}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


def problems(path: str, text: str) -> list[str]:
    """What is wrong with the includes of the file `path` (as the tree names it) that holds `text`."""
    room = path.split("/")[0]
    found = []
    for match in INCLUDE.finditer(text):
        quote, name = match.groups()
        where = f"{path}:{text.count(chr(10), 0, match.start()) + match[0].count(chr(10)) + 1}"
        target = name.split("/")[0]
        if quote == '"' and target not in ROOMS:
            found.append(f'{where}: "{name}" is not named from the root; write "room/file.hpp"')
        if quote == '"' and target in ROOMS and room in MAY and target not in MAY[room]:
            found.append(f"{where}: {room}/ may not include {name}; the rooms point main -> proxy -> tls -> config")
        if PURE.match(path) and NO_IO.match(name):
            found.append(f"{where}: decisions do no I/O, but {name} does")
        for library, rooms in ONLY_IN.items():
            if name.startswith(library) and room not in rooms:
                found.append(f"{where}: {name} belongs to {' and '.join(rooms[:-1])}")
    return found


def main() -> int:
    found, count = [], 0
    for path in sources.files(".cpp", ".hpp"):
        name = path.relative_to(sources.ROOT).as_posix()
        if name.split("/")[0] in ROOMS:
            count += 1
            found += problems(name, path.read_text())
    print("\n".join(found) or f"{count} files include in one direction")
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main())
