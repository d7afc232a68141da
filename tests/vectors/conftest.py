"""Nothing here is a test: bundles are data, and the chapters register what they make once."""

collect_ignore = ["bundles", "chapters", "make_bundles.py"]
