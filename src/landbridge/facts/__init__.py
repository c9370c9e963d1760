"""Facts: the tables of a study, the ledger of its numbers, and the one rule that picks among them.

``package`` loads a folder, ``choose`` picks, ``money`` moves between years and currencies, ``describe``
says where a number comes from, ``check`` finds every error of a folder at once.
"""
