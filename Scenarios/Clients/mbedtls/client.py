"""One connection by Mbed TLS: asks for a path and prints what comes back."""

import os
import socket
import sys
from pathlib import Path

from mbedtls import pk, tls, x509

host, port, path, ca, name, *own = sys.argv[1:]


def certificates(file):
    marker = "-----END CERTIFICATE-----"
    texts = [text + marker for text in Path(file).read_text().split(marker) if "BEGIN" in text]
    return [x509.CRT.from_PEM(text.strip() + "\n") for text in texts]


chain = ((), None)
if own:
    # Either kind of key that the recipes have.
    text = Path(own[1]).read_text()
    try:
        key = pk.ECC.from_PEM(text)
    except ValueError:
        key = pk.RSA.from_PEM(text)
    chain = (tuple(certificates(own[0])), key)

context = tls.ClientContext(
    tls.TLSConfiguration(
        trust_store=tls.TrustStore(certificates(ca)),
        validate_certificates=True,
        certificate_chain=chain,
    )
)
stream = context.wrap_socket(socket.create_connection((host, int(port)), timeout=30), server_hostname=name)
stream.do_handshake()
stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
answer = b""
while b"\r\n\r\n" not in answer or len(answer) < 2000:
    try:
        data = stream.recv(16384)
    except tls.TLSError:
        break
    if not data:
        break
    answer += data
sys.stdout.buffer.write(answer)
sys.stdout.buffer.flush()
os._exit(0)
