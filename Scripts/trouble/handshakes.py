"""A client after the other: handshakes.py PORT NAME SECONDS. Prints how many, and p50 and p99 in milliseconds.

Each takes a full handshake and one line back, so that it was served. One that is not served is an error, and ends the measurement.
"""

import socket
import ssl
import sys
import time

PORT, NAME, SECONDS = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
CONTEXT = ssl.create_default_context()
CONTEXT.check_hostname = False
CONTEXT.verify_mode = ssl.CERT_NONE

times = []
end = time.monotonic() + SECONDS
while time.monotonic() < end:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", PORT)) as plain:
        with CONTEXT.wrap_socket(plain, server_hostname=NAME) as client:
            client.sendall(b"ping")
            if client.recv(4) != b"ping":
                sys.exit("handshakes: error: a client was not served")
            times.append((time.monotonic() - began) * 1000)
    time.sleep(0.005)
times.sort()
print(len(times), *(f"{times[int(part * (len(times) - 1))]:.2f}" for part in (0.5, 0.99)))
