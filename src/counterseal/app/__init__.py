"""App: the doors. The only rooms that touch disk, terminal, clock and the machine's randomness.

What lives here: the command line (``cli/``), the stores and folders (``storage/``), the report
(``report/``), and ``bootstrap.py``, which wires real ports to the use cases.

What does not: any rule. A command parses, calls one service and renders; a store keeps bytes.

Read first: ``bootstrap.py``, then ``cli/main.py``. The ports are in ``services/ports.py``.
"""
