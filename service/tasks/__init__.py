"""Work items: who must sign, how they sign, where it waits, until when."""
