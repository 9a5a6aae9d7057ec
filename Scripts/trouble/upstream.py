"""An upstream: upstream.py echo|bulk FILE. Writes its port into the file.

`echo` says again what it hears. `bulk` sends zeros without end to whoever has said something.
"""

import asyncio
import sys

MODE, FILE = sys.argv[1:3]
CHUNK = bytes(1 << 20)


async def serve(reader, writer):
    try:
        heard = await reader.read(65536)
        while MODE == "echo" and heard:
            writer.write(heard)
            await writer.drain()
            heard = await reader.read(65536)
        while MODE == "bulk":
            writer.write(CHUNK)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096)
    with open(FILE, "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


asyncio.run(main())
