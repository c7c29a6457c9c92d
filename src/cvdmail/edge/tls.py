"""TLS as this program speaks it to every server: version 1.2 or later, a verified chain, a verified name.

There is no switch that weakens any of the three.  A server with a certificate of its own making is trusted by naming
the file of its authority, which is added to the system's.
"""

from __future__ import annotations

import ssl

from cvdmail.errors import ConfigError


def client_context(ca_file: str = "") -> ssl.SSLContext:
    """Return a context for connections we open; ``ca_file`` names one more trust anchor (PEM), or is empty.

    Made by hand and not by ``ssl.create_default_context``, which obeys ``SSLKEYLOGFILE`` and would then write the
    session keys of every mail to a file.  Raises ``ConfigError`` when ``ca_file`` cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # asks for a verified chain and name by itself
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError:  # ssl.SSLError is one too
            raise ConfigError(
                ca_file, ("ca_file: it holds no certificate that can be read; name a PEM file",)
            ) from None
    return context
