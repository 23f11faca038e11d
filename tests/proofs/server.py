"""A server that the proofs kill: `python -m tests.proofs.server`; production code never arms a fault.

Each line of its input is a fault point (`statement:3`, or `-` for none): a child is forked from the prepared
application, arms it, serves on a port of its own and says `<port> <pid>`. The end of the input ends it.
"""

import os
import signal
import sys

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from service import config, faults
from service.app import create_app
from service.clock import SetClock
from service.db import db, watch_statements
from tests.conftest import START
from workflows import catalogue
from workflows.models import ProcessDefinition


def prepared() -> Flask:
    """The application of LECTERN_*, at the tests' moment, with every definition parsed and no connection open."""
    app = create_app(config.read(), SetClock(START))
    with app.app_context():
        for key in db.session.scalars(select(ProcessDefinition.key).where(ProcessDefinition.state == "active")).all():
            catalogue.latest(db.session(), key)
        db.session.remove()
        db.engine.dispose()
    return app


def serve(app: Flask, fault: str) -> None:
    """Serve one request after the other until killed."""
    with app.app_context():
        if fault != "-":
            watch_statements(db.engine)
            faults.arm(fault)
    server = make_server("127.0.0.1", 0, app, threaded=False)
    print(server.port, os.getpid(), flush=True)
    server.serve_forever()


def main() -> None:
    """Fork a server for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    app = prepared()
    for line in sys.stdin:
        if os.fork() == 0:
            os.close(sys.stdin.fileno())
            serve(app, line.strip())


if __name__ == "__main__":
    main()
