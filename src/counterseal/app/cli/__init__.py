"""Command line: one file per noun; a command parses, calls one service and renders.

What lives here: ``main.py`` (the program and its exit codes), a file for each noun, and the tables
and lines that people read. Whatever costs time to import is imported inside the command.

What does not: rules and figures. ``--json`` gives the same content as the lines for people.

Read first: ``main.py``, then ``demo.py``. The conventions are those of ``docs/reference/cli.md``.
"""
