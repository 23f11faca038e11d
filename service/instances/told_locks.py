"""What a case on paper may come to is locked before it is told: persons, then accounts, in the order of the house."""

from service.flows import registry
from service.instances.beginning import Asked
from service.instances.told import ToldCase
from service.people import persons
from service.people.locking import lock_persons
from service.posts import pools, posting, sitting
from service.posts.posting import Cause
from workflows.surroundings import Surroundings

ID_LENGTH = 36


def lock(around: Surroundings, asked: Asked, told: ToldCase) -> None:
    """Many steps would lock one by one, each in its own order; what the case cannot come to stays free for others.

    Persons are the applicant and whoever is named in what is told, by id or ID number; accounts those of its school, of
    schools that are told of and of where these persons are, lent posts they sit in, and the pools where the flow
    takes posts of them.
    """
    session, texts = around.session, told.texts()
    people = {told.initiator_id, *persons.named_in(session, texts)}
    lock_persons(session, people)
    seats = sitting.sittings(session, people).values()
    schools = {told.organisation_id, *(text for text in texts if len(text) == ID_LENGTH)}
    schools |= {seat.appointment.organisation_id for seat in seats if seat.appointment is not None}
    accounts = set(sitting.accounts(session, schools).values())
    accounts |= {seat.loan.account_id for seat in seats if seat.loan is not None}
    if registry.takes_of_pools(asked.definition):
        accounts |= set(pools.accounts(session).values())
    posting.lock(session, Cause(None, "", "", "", around.now), accounts)
