"""Run by the system's Python: answer questions about OpenPGP data with GPGME, one JSON object a line.

``python3 ask_gpgme.py HOME``: each line has ``kind``, ``data`` and ``signature`` in base64; each answer the ``text``
that was released, or null, and the primary fingerprints of good signatures.
"""

import base64
import json
import sys
from typing import Any

import gpg
from gpg.constants import PROTOCOL_OpenPGP


def signers(context: Any) -> list[str]:
    """Return the primary fingerprints of the signatures whose arithmetic GPGME calls right."""
    return [
        context.get_key(one.fpr).fpr
        for one in context.op_verify_result().signatures
        if gpg.errors.GPGMEError(one.status).getcode() == gpg.errors.NO_ERROR
    ]


def answer(home: str, question: dict[str, str]) -> dict[str, Any]:
    """Ask GPGME one thing."""
    data, signature = (base64.b64decode(question[name]) for name in ("data", "signature"))
    sink = gpg.Data()
    with gpg.Context(protocol=PROTOCOL_OpenPGP, home_dir=home, armor=False) as context:
        try:
            if question["kind"] == "decrypt":
                context.op_decrypt_verify(gpg.Data(data), sink)
            elif question["kind"] == "detached":
                context.op_verify(gpg.Data(signature), gpg.Data(data), None)
            else:
                context.op_verify(gpg.Data(data), None, sink)
        except gpg.errors.GPGMEError:
            return {"text": None, "signers": []}
        sink.seek(0, 0)
        text = b"" if question["kind"] == "detached" else sink.read()
        return {"text": base64.b64encode(text).decode(), "signers": signers(context)}


for line in sys.stdin:
    print(json.dumps(answer(sys.argv[1], json.loads(line))))
