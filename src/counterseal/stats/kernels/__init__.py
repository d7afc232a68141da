"""Compiled loops of the chances and tests of this room: numbers in, numbers out.

What lives here: functions that numba compiles, and keeps compiled beside their source; they check nothing and
explain nothing. Each is imported only when it is needed, for numba takes seconds to load.

What does not: names, units, assumptions and refusals; they are in the file of the room that calls the loop.

Read first: ``sampling_kernel.py``, from which all chances of sampling come.
"""
