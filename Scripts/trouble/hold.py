"""Connections that stay: hold.py KIND COUNT --edge PID --agent PID --listen PORT --agents PORT --name NAME.

Prints what each of them takes of the memory of edge and agent.
"""

import argparse
import asyncio
import ssl

import muxado

parser = argparse.ArgumentParser()
parser.add_argument("kind", choices=["idle", "stalled", "unknown"])
parser.add_argument("count", type=int)
for name in ("edge", "agent", "listen", "agents"):
    parser.add_argument(f"--{name}", type=int, required=True)
parser.add_argument("--name", required=True)
options = parser.parse_args()

# So many connect at the same time.
BATCH = 100


def hello(name):
    """The first flight of a TLS client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = muxado.tls_context().wrap_bio(incoming, outgoing, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def resident(process):
    """In KiB."""
    with open(f"/proc/{process}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def both():
    return resident(options.edge), resident(options.agent)


async def idle(first_flight):
    """Its upstream has answered, and nothing follows."""
    reader, writer = await asyncio.open_connection("127.0.0.1", options.listen, limit=2048)
    writer.write(first_flight)
    await reader.readexactly(len(first_flight))
    return reader, writer


async def stalled(first_flight):
    """Its upstream sends, and nobody reads."""
    reader, writer = await asyncio.open_connection("127.0.0.1", options.listen, limit=2048)
    writer.write(first_flight)
    return reader, writer


async def unknown(_):
    """As much of an Auth as is kept of somebody who has not said who he is, and no more."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", options.agents, ssl=muxado.tls_context()
    )
    text = b'{"Version":["2"],"Extra":{"Metadata":"' + b"a" * 60_000
    writer.write(muxado.opening(3) + muxado.frame(muxado.DATA, 0, 3, text))
    await writer.drain()
    return reader, writer


async def until_steady():
    """What is on its way arrives: waits until neither process has grown for a second."""
    before = None
    while (now := both()) != before:
        before = now
        await asyncio.sleep(1)


async def main():
    # The first ones pay for what all others share.
    kind = {"idle": idle, "stalled": stalled, "unknown": unknown}[options.kind]
    first_flight = hello(options.name)
    kept = [await kind(first_flight)]
    await until_steady()
    before = both()
    while len(kept) <= options.count:
        missing = options.count + 1 - len(kept)
        kept += await asyncio.gather(*(kind(first_flight) for _ in range(min(BATCH, missing))))
    await until_steady()
    after = both()
    for reader, writer in kept:
        if writer.transport.is_closing() or reader.at_eof():
            raise SystemExit("hold: error: a connection did not stay")
    each = [(now - then) / options.count for now, then in zip(after, before)]
    print(
        f"{options.kind}: {options.count} connections, edge {each[0]:.1f} KiB each ({after[0] // 1024} MiB in all),"
        f" agent {each[1]:.1f} KiB each ({after[1] // 1024} MiB in all)"
    )


asyncio.run(main())
