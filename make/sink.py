"""A submission server that takes every mail and forgets it: python make/sink.py CERTIFICATE KEY, prints its port.

Implicit TLS, as the program demands; nothing is checked and nothing is kept, so that what is measured is ours.
"""

from __future__ import annotations

import asyncio
import ssl
import sys

ANSWERS = {
    b"EHLO": b"250-sink\r\n250-SIZE 99999999\r\n250-DSN\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Sink(asyncio.Protocol):
    """One connection: answers each line, swallows everything between DATA and the dot."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        self.rest = b""
        self.in_data = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer what is whole; of a mail only the last few bytes are kept, to find its end."""
        self.rest += data
        while True:
            if self.in_data:
                _, end, after = self.rest.partition(b"\r\n.\r\n")
                if not end:
                    self.rest = self.rest[-4:]
                    return
                self.rest, self.in_data = after, False
                self.transport.write(b"250 taken\r\n")
            line, end, after = self.rest.partition(b"\r\n")
            if not end:
                return
            self.rest = after
            self.in_data = line[:4].upper() == b"DATA"
            self.transport.write(ANSWERS.get(line[:4].upper(), b"250 ok\r\n"))


async def main() -> None:
    """Serve until killed."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
