"""The operating curve: how often a protocol would err, before anybody agrees to it.

Attempts are simulated on stated items and judged by the very code that answers in the closed room. It runs
outside, on made-up data, and tells nothing about any real item. Read `items.py` first, then `curve.py`.
"""
