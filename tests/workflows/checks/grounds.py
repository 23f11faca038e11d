"""Errors whose refused example does no harm when it runs, and who forbids it: the clause by name."""

CLAUSES = {
    "collective.setting": "policy §5, 集体研究: a secretary enters the minutes, the chair confirms them; nobody signs.",
    "gateway.event_count": "BPMN 2.0.2, Event-Based Gateway: it has two or more outgoing sequence flows.",
    "gateway.inclusive_join_in_loop": "BPMN 2.0.2 §13.4.3, Inclusive Gateway: joins on one circle wait for each other.",
    "id.repeated": "BPMN 2.0.2, Semantic.xsd, tBaseElement: id is of type xsd:ID, unique in its document.",
    "paper.confidential": "policy §7: health is read by bureau HR, the school's HR clerk and who decides, no recorder.",
    "reference.dangling": "BPMN 2.0.2, Semantic.xsd: a reference is the IDREF or QName of an element that exists.",
    "reference.data": "BPMN 2.0.2, Semantic.xsd, tDataAssociation: source and target are elements of the file.",
    "vote.setting": "policy §2.9 and §5, 票决: a ballot says yes, no or abstain; quorum and ratio decide.",
}
"""Sentences of the standard and of the policy, put shortly."""
