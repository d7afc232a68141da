"""Measurement: spectra, pulse trains, calibration, isotopics, multiplicity, templates: the open physics.

What lives here: the types of measured data in whole numbers, strict readers and writers of
instrument files (`readers/`, `writers/`), calibration, peaks, decay, coincidence counting, and the
attributes that an agreement may ask about (`attributes/`), each with its decision rule. Numpy is
the only package from outside; a numba kernel may stand beside a numpy one where pulses are counted
outside the barrier.

What does not: who may measure what, and what may come out (`barrier/`); thresholds (the protocol
and the treaty pack have them); disk and plots (`app/`). It is open to use on what is not sensitive.

Read first: `spectrum.py`, then `readers/`, then `attributes/judgement.py`. It follows
[PANDA-1991], chapters 3, 8 and 16.
"""
