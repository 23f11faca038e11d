"""A process that delivers mails until it is killed: `python -m tests.proofs.courier <seconds after the start>`."""

import sys
from datetime import timedelta

from service import config
from service.app import create_app
from service.channels import mail, rules
from service.clock import SetClock
from service.notices import delivery
from tests.conftest import START


def main() -> None:
    """Deliver what is due at that moment and say how many went."""
    clock = SetClock(START + timedelta(seconds=float(sys.argv[1])))
    app = create_app(config.read(), clock)
    with app.app_context(), mail.opened(app.extensions["lectern.settings"].smtp) as send:
        print(delivery.work(rules.MAIL, send, clock).sent, flush=True)


if __name__ == "__main__":
    main()
