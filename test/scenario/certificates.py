"""Decides what certificates a scenario has: an authority of its own and what that signs, made by the openssl command."""

import os
import subprocess
from collections import namedtuple

Certificate = namedtuple("Certificate", "certificate key")
EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def _openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr}")


class Authority:
    """Signs certificates; `certificate` is the path of its own."""

    def __init__(self, folder, name="scenario authority"):
        self.folder = folder
        self.name = name
        self.certificate, self.key = self._paths(name)
        _openssl(
            "req",
            "-x509",
            *EC,
            "-days",
            "2",
            "-subj",
            f"/CN={name}",
            "-keyout",
            self.key,
            "-out",
            self.certificate,
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-addext",
            "keyUsage=critical,keyCertSign",
        )

    def _paths(self, name):
        stem = os.path.join(self.folder, name.replace(" ", "-"))
        return f"{stem}.pem", f"{stem}.key"

    def sign(self, name, alternative="DNS:localhost,IP:127.0.0.1,IP:::1", days=2, usage="serverAuth"):
        """A certificate for these alternative names; with negative `days` it has expired."""
        certificate, key = self._paths(f"{self.name} {name}")
        request, extensions = certificate + ".csr", certificate + ".ext"
        _openssl("req", *EC, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        with open(extensions, "w", encoding="utf-8") as file:
            file.write(f"subjectAltName={alternative}\nextendedKeyUsage={usage}\nbasicConstraints=CA:FALSE\n")
        _openssl(
            "x509",
            "-req",
            "-in",
            request,
            "-CA",
            self.certificate,
            "-CAkey",
            self.key,
            "-CAcreateserial",
            "-days",
            str(days),
            "-extfile",
            extensions,
            "-out",
            certificate,
        )
        return Certificate(certificate, key)
