"""As much of muxado and of its use between agent and edge as it takes to be a nuisance."""

import ssl
import struct

DATA, WINDOW = 1, 2
SYN = 0x2
# What a stream may carry before the other side says more.
FIRST_WINDOW = 256 * 1024
AUTH = 0


def tls_context():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def frame(kind, flags, stream, body):
    return struct.pack(">II", len(body) << 8 | kind << 4 | flags, stream) + body


def opening(stream):
    """Opens a stream whose request is an Auth."""
    return frame(DATA, SYN, stream, struct.pack(">I", AUTH))


def frames(data):
    """The whole frames at the beginning of some bytes, as kind and body, and the bytes behind them."""
    found = []
    while len(data) >= 8:
        head = struct.unpack(">I", data[:4])[0]
        length, kind = head >> 8, head >> 4 & 0xF
        if len(data) < 8 + length:
            break
        found.append((kind, data[8 : 8 + length]))
        data = data[8 + length :]
    return found, data
