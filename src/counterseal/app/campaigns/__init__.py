"""Campaigns on a machine: processes, a cluster, a folder of finished blocks, progress, and resuming.

What lives here: what a campaign folder is about (`setup.py`), the folder and its blocks (`store.py`,
`block_files.py`), the three engines that work blocks out (`engines.py`: one after the other; `pool.py`:
processes; `dask_engine.py`: a Dask cluster), the runner that ties them together (`runner.py`), how far it is
(`progress.py`), what a folder holds (`status.py`), and the summary at the end (`summaries.py`).

What does not: what a run is, and what sums mean (`design/campaigns/`). Engines never touch the folder: they
are given blocks and hand back sums, so a worker that dies takes nothing with it but the block it was at.

Read first: `runner.py`.
"""
