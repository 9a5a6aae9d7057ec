"""One TLS connection by Python's ssl module, or by one that takes its place: asks for a path and prints what comes back."""

import argparse
import importlib
import os
import socket
import sys

parser = argparse.ArgumentParser()
parser.add_argument("module")
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("path")
parser.add_argument("--ca")
parser.add_argument("--name")
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--minimum", default="1.2")
parser.add_argument("--maximum", default="1.3")
parser.add_argument("--alpn")
parser.add_argument("--curve")
parser.add_argument("--ciphers")
options = parser.parse_args()

ssl = importlib.import_module(options.module)
versions = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def whole(answer):
    """How long the answer is, its head included."""
    head, _, _ = answer.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return len(head) + 4 + int(value)
    raise ValueError("an answer without its length")


context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(options.ca)
context.minimum_version = versions[options.minimum]
context.maximum_version = versions[options.maximum]
if options.certificate:
    context.load_cert_chain(options.certificate, options.key)
if options.alpn:
    context.set_alpn_protocols(options.alpn.split(","))
if options.curve:
    context.set_ecdh_curve(options.curve)
if options.ciphers:
    context.set_ciphers(options.ciphers)

with socket.create_connection((options.host, options.port), timeout=30) as connection:
    # An address is verified, and is no server name (RFC 6066 section 3).
    with context.wrap_socket(connection, server_hostname=options.name or options.host) as stream:
        host = options.name or options.host
        stream.sendall(f"GET {options.path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        # As long as the page is, and no longer: not every module tells that the stream has ended.
        while b"\r\n\r\n" not in answer or len(answer) < whole(answer):
            data = stream.recv(65536)
            if not data:
                break
            answer += data
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
        # Nor does every module's close() return before the peer has closed too.
        os._exit(0)
