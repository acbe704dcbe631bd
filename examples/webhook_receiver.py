"""Receive Vedette's webhooks: check the signature, pass each delivery on once.

    python webhook_receiver.py SECRET_FILE [PORT]

What a receiver has to check is `is_genuine`: the signature over timestamp, a full stop and the body as received, and
that the timestamp is recent, so that nobody can send an old message again.
"""

import hashlib
import hmac
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

MAX_AGE_S = 300.0


def is_genuine(headers, body, secret, now_s):
    """Whether a message was signed with the secret, no longer ago than MAX_AGE_S."""
    timestamp = headers.get("Vedette-Timestamp", "")
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(headers.get("Vedette-Signature", "").encode(), f"v1={signed}".encode()):
        return False
    return abs(now_s - int(timestamp)) <= MAX_AGE_S


class Receiver(BaseHTTPRequestHandler):
    """Prints each delivery once: what is sent again bears the same Idempotency-Key."""

    secret, seen = "", frozenset()

    def do_POST(self):
        """Take one message."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not is_genuine(self.headers, body, self.secret, time.time()):
            self.send_error(403)
            return
        if self.headers["Idempotency-Key"] not in self.seen:
            Receiver.seen |= {self.headers["Idempotency-Key"]}
            print(body.decode(), flush=True)
        self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    Receiver.secret = Path(sys.argv[1]).read_text().splitlines()[0].strip()
    HTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 8765), Receiver).serve_forever()
