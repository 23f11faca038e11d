"""Why an error is an error, where the engine itself does not refuse the example: what goes wrong, or who forbids it."""

BPMN = {
    "construct.compensation": "Compensation: what is marked for it runs only to undo; the engine would never run it.",
    "event.no_end": "End Event: if there is a Start Event, there must be at least one End Event.",
    "flow.dead_end": "End Event: where End Events are used, every other flow object has an outgoing sequence flow.",
    "flow.never_reached": "Start Event: where one is used, every other flow object has an incoming sequence flow.",
    "flow.default_with_condition": "Default sequence flow: its condition expression shall be ignored.",
    "flow.unknown_default": "Default sequence flow: it is one of the outgoing flows of its element.",
    "gateway.event_count": "Event-based gateway: it must have two or more outgoing sequence flows.",
    "gateway.inclusive_join_in_loop": "Inclusive gateway: on a circle two joins may wait for each other (13.4.3).",
    "id.repeated": "Schema: an id is of type xsd:ID, unique in its document.",
    "reference.dangling": "Schema: a reference is an IDREF or QName of an element that exists.",
    "reference.data": "Data association: source and target are elements of the file.",
    "timer.cycle_place": "Timer: a cycle starts or repeats; a wait and what interrupts happen once.",
    "timer.start": "Timer: a start event needs a date or a cycle that ISO 8601 can read.",
}
"""Sentences of BPMN 2.0.2, put shortly."""

ENGINE = {
    "sound.deadlock": "test_soundness.test_engine_stands_still_where_soundness_says_so",
    "sound.left_behind": "test_soundness.test_engine_stands_still_where_soundness_says_so",
    "sound.never_reached": "test_soundness.test_engine_never_comes_where_soundness_says_so",
    "sound.no_way_to_end": "test_soundness.test_engine_goes_round_for_ever_where_soundness_sees_no_way_out",
    "operation.unknown": "test_grounds.test_engine_stops_at_an_operation_that_nobody_registered",
    "decision.unknown": "test_grounds.test_engine_stops_at_a_decision_that_is_not_there",
}
"""Tests that show what the engine does wrong, or cannot do."""

HOUSE = {
    "assignment.missing": "Nobody would ever be offered the task.",
    "assignment.unknown_role": "Nobody can hold the role, so nobody would ever be offered the task.",
    "collective.setting": "A meeting decides and nobody signs: both at once contradict each other.",
    "deadline.applicant_without_expiry": "policy 2: an applicant's silence expires; the case would stand for ever.",
    "decision.feel": "A cell that cannot be read cannot be decided.",
    "dialect.foreign": "What another engine's extension says would silently not be done.",
    "flow.value": "A setting of the wrong kind would be ignored.",
    "title.part": "Nobody would read what the case is about.",
    "form.component": "The page cannot show it, so nobody could fill it in.",
    "form.deep": "The page shows twenty levels.",
    "form.feel": "A condition that cannot be read would never hold.",
    "form.malformed": "The page cannot read the form.",
    "form.no_components": "The page would show nothing.",
    "form.no_id": "No task can name the form.",
    "form.no_key": "What is filled in would be kept nowhere.",
    "form.not_by_id": "Forms are found by their id; any other reference shows nothing.",
    "form.repeated_key": "One input would overwrite the other.",
    "form.unknown": "The page would have no form to show.",
    "id.long": "Ids are stored in columns of 200 and 64 characters.",
    "ledger.not_settled": "policy 2: rejected -reserved, appointed -reserved +occupied, on every way.",
    "operation.parameter_missing": "The operation cannot run without it.",
    "operation.parameter_type": "The operation would calculate with a value of another type.",
    "paper.confidential": "Who records the paper would read what is confidential.",
    "property.deadline": "Without a rule that can be read the task would have no deadline.",
    "property.measures": "Nobody would be reminded.",
    "property.silence_decides": "policy 2: an authority's silence decides nothing.",
    "property.value": "A value that nothing reads has no effect.",
    "reference.provided_twice": "Which of the two is meant would be left to chance.",
    "route.mandatory_absent": "policy 3: the step is mandatory.",
    "route.mandatory_skipped": "policy 3: the step is mandatory on every way.",
    "table.overlap": "DMN 1.5: with the hit policy UNIQUE only one rule may match.",
    "timer.pause": "Neither true nor false: which days count would be left to chance.",
    "vote.deadline": "A vote in which somebody stays silent would never end.",
    "vote.part": "A fraction that cannot be read carries no vote.",
    "vote.secret": "Whether ballots are secret must stand beyond doubt.",
    "vote.setting": "A ballot says yes, no or abstain and nothing else.",
}
"""What would go wrong in this house: pages, people, policy, storage."""
