"""Serves one TLS endpoint through an edge with ngrok's own Python SDK, unmodified.

usage: ngrok_endpoint.py SERVER_ADDR CA_FILE AUTHTOKEN DOMAIN upstream|edge|policy|labelled CERTIFICATE KEY

Prints `ready URL` once the endpoint is online and `ended` for each connection whose client has ended, and serves until
standard input ends. With `upstream` the SDK passes TLS on to a TLS server of this script, which has the certificate; with
`edge` the edge gets the certificate, and this script's server gets plaintext, as it does with `policy`, where a traffic policy
brings it there. With `labelled` it is a tunnel with the label `role=web` of some TLS edge's. The server answers each line with the same
line in upper case, and `send N` with N bytes.
"""

import asyncio
import json
import ssl
import sys

import ngrok


def contents(path):
    with open(path, "rb") as file:
        return bytearray(file.read())


async def shout(reader, writer):
    while line := await reader.readline():
        words = line.split()
        writer.write(b"x" * int(words[1]) if words[:1] == [b"send"] else line.upper())
        await writer.drain()
    print("ended", flush=True)
    writer.close()


async def main(server_addr, ca_file, authtoken, domain, termination, certificate, key):
    context = None
    if termination in ("upstream", "labelled"):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(shout, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]

    builder = ngrok.SessionBuilder().authtoken(authtoken).server_addr(server_addr).ca_cert(contents(ca_file))
    session = await builder.connect()
    if termination == "labelled":
        endpoint = session.labeled_listener().label("role", "web")
    else:
        endpoint = session.tls_endpoint().domain(domain)
    if termination == "edge":
        endpoint = endpoint.termination(contents(certificate), contents(key))
    elif termination == "policy":
        pair = {"server_certificate": contents(certificate).decode(), "server_private_key": contents(key).decode()}
        endpoint = endpoint.traffic_policy(
            json.dumps({"on_tcp_connect": [{"actions": [{"type": "terminate-tls", "config": pair}]}]})
        )
    listener = await endpoint.listen()
    forwarding = asyncio.ensure_future(listener.forward(f"tcp://127.0.0.1:{port}"))
    print("ready" if termination == "labelled" else f"ready {listener.url()}", flush=True)

    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await listener.close()
    await session.close()
    forwarding.cancel()


asyncio.run(main(*sys.argv[1:]))
