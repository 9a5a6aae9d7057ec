"""Agents that never say who they are: flood.py PORT COUNT. Each sends an Auth that does not end, as fast as it is taken, for ever.

Whoever is cut off comes again. Says so once the first has begun.
"""

import asyncio
import sys

import muxado

PORT, COUNT = int(sys.argv[1]), int(sys.argv[2])
CONTEXT = muxado.tls_context()
PART = b"a" * 16_000


class Flood:
    def __init__(self, writer):
        self.writer = writer
        self.window = muxado.FIRST_WINDOW
        self.changed = asyncio.Event()

    def send(self, text):
        self.window -= len(text)
        self.writer.write(muxado.frame(muxado.DATA, 0, 3, text))

    async def talk(self):
        self.writer.write(muxado.opening(3))
        self.window -= 4
        self.send(b'{"Version":["2"],"Extra":{"Metadata":"')
        while True:
            while self.window < len(PART):
                self.changed.clear()
                await self.changed.wait()
            self.send(PART)
            await self.writer.drain()

    async def listen(self, reader):
        """Until the edge ends the connection or resets the stream."""
        rest = b""
        while data := await reader.read(65536):
            found, rest = muxado.frames(rest + data)
            for kind, body in found:
                if kind == muxado.WINDOW:
                    self.window += int.from_bytes(body[:4], "big")
                    self.changed.set()
                elif kind != muxado.DATA:
                    return


async def flood():
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT, ssl=CONTEXT)
        except OSError:
            await asyncio.sleep(0.01)
            continue
        one = Flood(writer)
        talking = asyncio.create_task(one.talk())
        print("floods", flush=True)
        try:
            await one.listen(reader)
        except OSError:
            pass
        talking.cancel()
        writer.transport.abort()


async def main():
    await asyncio.gather(*(flood() for _ in range(COUNT)))


asyncio.run(main())
