"""Campaigns: many simulated lives of a regime against a strategy, with the exact figure beside them.

What lives here: the question (`question.py`), the stream of random numbers of each run (`seeds.py` and
`philox_kernel.py`), three engines that play a run (`event_kernel.py`: visits that matter; `item_kernel.py`:
every visit, every drawn item, every test; `law_kernel.py`: one draw from the law of the delay), what a block
of runs gives (`blocks.py`), its summary (`summary.py`), and the exact law (`law.py`, `exact.py`).

What does not: processes, clusters, files and progress, which are the business of `app/campaigns/`. A block
is a function of the question and the numbers of its runs alone: nothing here knows where or when it is
worked out.

Read first: `campaign.py`, which asks and answers in one call, then `question.py`. The folder is not named
like the function, for a folder that was imported would hide it.
"""
