"""Diagrams as written: elements, extension data, texts, and what is refused; nothing executable yet."""
