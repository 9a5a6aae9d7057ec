"""A TCP relay: listens at a free port, which it prints, and connects each client to the host:port that a file names by then."""

import socket
import sys
import threading


def carry(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # Either end has gone, and the other hears of it by its own thread.
        pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    host, port = open(sys.argv[1]).read().split(":")
    server = socket.create_connection((host, int(port)))
    for pair in ((client, server), (server, client)):
        threading.Thread(target=carry, args=pair, daemon=True).start()
