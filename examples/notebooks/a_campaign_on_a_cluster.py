# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A campaign, and a campaign on a cluster
#
# Simulate many histories of a regime, beside the exact figure. First here, in one call.

# %%
from pathlib import Path

from counterseal.design import campaign, read_effort
from counterseal.treaty.load import packaged_pack

here = Path(__file__).parents[1] if "__file__" in globals() else Path("..")
file = here / "effort" / "past-programme.yaml"
effort = read_effort(file.read_text(encoding="utf-8"), where=file.name, pack_of=packaged_pack)

# %%
told = campaign(
    effort.regime,
    effort.strategies[0],
    horizon_d=365.25 * effort.horizon_years,
    method="mc",
    n_rep=20_000,
    seed=7,
)
print(
    f"seen in {told.detection.value:.4f} of runs ({told.detection.lower:.4f} to {told.detection.upper:.4f})"
)
print(f"exactly {told.exact_detection.value:.4f}: {told.errors_apart:+.1f} standard errors apart")

# %% [markdown]
# ## The same from the command line, in blocks that survive a power cut
#
#     counterseal campaign run examples/effort/past-programme.yaml --out runs/ --seed 7 --runs 1000000
#     counterseal campaign status runs/
#     counterseal campaign resume runs/        # after a stop, of whatever kind
#     counterseal campaign summarise runs/
#
# ## On a cluster
#
# With `pip install 'counterseal[cluster]'`, and a Dask scheduler that runs somewhere:
#
#     counterseal campaign run examples/effort/past-programme.yaml --out runs/ --seed 7 --runs 100000000 \
#         --engine dask --address tcp://scheduler:8786
#
# The seed belongs to each run, not to a worker: the summary is the same to the byte on one core, on a pool and on a
# cluster, and after any number of killed workers.
