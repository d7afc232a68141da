"""Caps on what a reader takes in: what stays below them is read in memory of a few times the file's size."""

MAX_FILE_BYTES = 2**27
"""Largest instrument file (128 MiB); a spectrum of 65,536 channels has less than 1 MiB."""

MAX_SPECTRA = 100_000
"""Most spectra in one file: a portal of eight detectors that is read ten times a second for 20 minutes."""

MAX_CELLS = 2**24
"""Most channels of all spectra of a file together (128 MiB of counts)."""

MAX_COUNTS_TEXT = 2**21
"""Longest text that holds the counts of one spectrum [characters]: 32 for each of 65,536 channels."""

MAX_TEXT = 4_096
"""Longest free text that is kept: a remark, a name [characters]."""

MAX_REMARKS = 1_000
"""Most remarks that are kept of one spectrum."""

MAX_NUMBER_TEXT = 40
"""Longest text of one number [characters]; 17 digits give every double."""

MAX_COEFFICIENTS_TEXT = 64
"""Most coefficients that are looked at before trailing zeroes are dropped."""

MAX_DEPTH = 32
"""Levels of nesting of XML; N42 needs about 10."""

MAX_ELEMENTS = 2**20
"""Most elements of XML in one file."""

MAX_ATTRIBUTES = 64
"""Most attributes of one element of XML."""

MAX_PULSES = 2**27
"""Most pulses of one list (1.2 GB): 22 minutes at 100,000 a second."""

MAX_LIST_BYTES = 2**31
"""Largest list of pulses as one file."""
