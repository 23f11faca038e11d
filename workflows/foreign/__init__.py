"""Diagrams of Camunda 7, Flowable and Activiti in our dialect: what is the same is translated, the rest is told."""

from workflows.foreign.notes import Note
from workflows.foreign.translating import Translated, translate

__all__ = ["Note", "Translated", "translate"]
