"""Decides how the real programs are started for a scenario: all on port 0, awaited by what they say, ended by their id."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from raw import Client, Listener

FUNCTION = "11111111-1111-4111-8111-111111111111"
OTHER_FUNCTION = "22222222-2222-4222-8222-222222222222"
VERSION = "33333333-3333-4333-8333-333333333333"
API_KEY = "nvapi-scenario-key"
# what a stalled peer may cost at most; a sanitizer keeps what was freed for a while
STALL_BYTES = (48 if os.environ.get("NVCF_SANITIZE") else 4) << 20
START_PATIENCE = 20  # seconds; a sanitized build on a busy machine


class Program:
    """A process of ours with all that it said."""

    def __init__(self, variable, arguments, environment):
        path = os.environ.get(variable)
        if not path:
            raise RuntimeError(f"{variable} must name the program")
        kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.endswith("SAN_OPTIONS")}
        self.name = os.path.basename(path)
        self.process = subprocess.Popen(
            [path, *arguments],
            env={**kept, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.stdout, self.stderr = bytearray(), bytearray()
        self._readers = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.stdout), (self.process.stderr, self.stderr))
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(stream, said):
        for line in stream:
            said.extend(line)

    def said(self):
        """Both outputs, as text."""
        return (bytes(self.stdout) + bytes(self.stderr)).decode("utf-8", "replace")

    def await_line(self, pattern):
        """The match of `pattern` in the output, as soon as it is there."""
        deadline = time.monotonic() + START_PATIENCE
        while not (found := re.search(pattern, self.said(), re.MULTILINE)):
            if self.process.poll() is not None:
                self._join()
                if found := re.search(pattern, self.said(), re.MULTILINE):
                    return found
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{self.said()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not say {pattern}:\n{self.said()}")
            time.sleep(0.01)
        return found

    def _join(self):
        for reader in self._readers:
            reader.join(START_PATIENCE)

    def wait(self, seconds=START_PATIENCE):
        """Its exit code, as soon as it ends."""
        code = self.process.wait(seconds)
        self._join()
        return code

    def memory(self):
        """Resident bytes, as the kernel counts them."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def end(self, number):
        """Ends it with a signal, in the last resort with SIGKILL; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.wait()


class Gateway(Program):
    """The stand-in for NVCF's gateway, and what it reports."""

    def __init__(self, arguments):
        super().__init__("NVCF_GATEWAY_STANDIN", arguments, {})
        start = json.loads(self.await_line(r'^\{"listen".*\}$')[0])
        self.ports = [listener["port"] for listener in start["listen"]]
        self.port = self.ports[0]
        self.control = start["control"]["port"]
        self.tls = start["listen"][0]["tls"]

    def call(self, method, target, body=None):
        """The body of the control port's answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.control, timeout=START_PATIENCE)
        try:
            connection.request(method, target, body)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            if answer.status != 200:
                raise RuntimeError(f"{method} {target}: {answer.status} {text}")
            return text
        finally:
            connection.close()

    def report(self):
        return json.loads(self.call("GET", "/report"))

    def requests(self):
        return self.report()["requests"]

    def sessions(self):
        return self.report()["sessions"]

    def connections(self):
        return self.report()["connections"]

    def reset(self):
        self.call("POST", "/reset")

    def fault(self, fault, times=1):
        """The next `times` requests get the fault."""
        self.call("POST", "/faults", json.dumps({"fault": fault, "times": times}))

    def end_connection(self, identifier, how):
        self.call("POST", f"/connections/{identifier}/end?how={how}")


class Proxy(Program):
    """The proxy, where it listens, and its log."""

    def __init__(self, environment, arguments=()):
        super().__init__("NVCF_LLS_PROXY", list(arguments), environment)
        self.port = int(self.await_line(r'"event":"serving","listen":"[^"]*:(\d+)"')[1])
        self.tls = '"scheme":"https' in self.said()
        admin = re.search(r'"event":"admin","address":"[^"]*:(\d+)"', self.said())
        self.admin_port = int(admin[1]) if admin else None

    def connect(self, **options):
        """A raw client of it, over TLS if it speaks that."""
        return Client(self.port, tls=options.pop("tls", self.tls), **options)

    def admin(self):
        return Client(self.admin_port)

    def log(self, event=None):
        """The lines of its log, those of one event if one is named."""
        lines = [json.loads(line) for line in bytes(self.stdout).decode().splitlines() if line.startswith("{")]
        return [line for line in lines if event in (None, line.get("event"))]


class World:
    """All that one step starts. Leaving it ends every program; one that did not end with 0 fails the step."""

    def __init__(self):
        self.programs = []
        self.folder = None
        self.closing = []

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="nvcf-scenario-")
        return self

    def __exit__(self, kind, *_):
        for thing in self.closing:
            thing.close()
        bad = []
        for program in reversed(self.programs):
            ended = program.process.poll()
            # SIGINT: the proxy stops at once, whatever sessions a step left behind
            code = program.end(signal.SIGINT)
            if code != 0 and not getattr(program, "may_fail", False):
                bad.append(f"{program.name} ended {'by itself ' if ended is not None else ''}with {code}")
        shutil.rmtree(self.folder)
        if bad and kind is None:
            raise RuntimeError("; ".join(bad))

    def told(self):
        """What every program said, for the reader of a failure; the beginning and the end where it is much."""
        parts = []
        for program in self.programs:
            text = program.said()
            parts.append(
                f"--- {program.name} said\n" + (text if len(text) < 12000 else f"{text[:6000]}\n[...]\n{text[-6000:]}")
            )
        return "\n".join(parts)

    def keep(self, thing):
        """Closes `thing` with the world."""
        self.closing.append(thing)
        return thing

    def listener(self, **options):
        """An upstream in the step's own hands."""
        return self.keep(Listener(**options))

    def _started(self, program):
        self.programs.append(program)
        return program

    def function(self, *options):
        """Starts the sample function and returns its address."""
        function = self._started(Program("NVCF_SAMPLE_FUNCTION", ["--listen", "127.0.0.1:0", *options], {}))
        port = json.loads(function.await_line(r'^\{"listen".*\}$')[0])["listen"][0]["port"]
        return f"127.0.0.1:{port}"

    def gateway(self, *options, function=None, listen="127.0.0.1:0", certificate=None):
        """Starts the stand-in with both functions; each echoes raw unless `function` says where it is."""
        at = f"@{function}" if function else ""
        known = [f"{FUNCTION}{at}", f"{FUNCTION}/{VERSION}{at}", f"{OTHER_FUNCTION}{at}"]
        tls = ["--tls-cert", certificate.certificate, "--tls-key", certificate.key] if certificate else []
        return self._started(
            Gateway(
                [
                    "--listen",
                    listen,
                    "--api-key",
                    API_KEY,
                    *tls,
                    *options,
                    *(word for one in known for word in ("--function", one)),
                ]
            )
        )

    def environment(self, server, **settings):
        """What the proxy needs to serve `server`: a Gateway, or the text of NVCF_SERVER. None takes a setting out."""
        if isinstance(server, Gateway):
            server = f"{'https' if server.tls else 'http'}://localhost:{server.port}"
        usual = {
            "NVCF_SERVER": server,
            "NVCF_API_KEY": API_KEY,
            "STREAMING_FUNCTION_ID": FUNCTION,
            "PROXY_ADDRESS": "127.0.0.1",
            "PROXY_PORT": "0",
            "PROXY_ADMIN_ADDRESS": "off",
            "PROXY_LOG_FORMAT": "json",
            "PROXY_THREADS": "2",
            "NVCF_WARM_CONNECTIONS": "0",
        }
        return {name: value for name, value in {**usual, **settings}.items() if value is not None}

    def proxy(self, server, **settings):
        """Starts the proxy before `server` and returns it once it serves."""
        return self._started(Proxy(self.environment(server, **settings)))

    def command(self, *arguments, **environment):
        """Runs the proxy's program to its end: (exit code, stdout, stderr)."""
        program = self._started(Program("NVCF_LLS_PROXY", list(arguments), environment))
        program.may_fail = True
        code = program.wait()
        return code, program.stdout.decode(), program.stderr.decode()
