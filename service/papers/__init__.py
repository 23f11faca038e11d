"""Official papers (公文): templates in .docx with FEEL fields, and what was issued by them, numbered and frozen."""
