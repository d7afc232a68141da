"""Stats: chances, samples and intervals; in whole numbers and exact fractions where that can be.

What lives here: the sampler of the joint draw, which turns a seed that nobody could choose into
positions in a pool that everybody agreed to, and the exact hypergeometric chance that a sample
shows at least one false item, and the exact interval of Clopper and Pearson for a rate.

What does not: who takes part in a draw and what they signed (``records/draw.py``), and any rule of
an agreement. Nothing here reads a clock or asks for random bytes.

Read first: ``selection.py``, whose every step is fixed in ``docs/reference/formats.md``, 5.7; the
chances follow any textbook of sampling without replacement.
"""
