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
# # Designing a regime
#
# Containers in three stores, few left. What would the regime see, who would stay unseen, and where should the
# next person-day go? Everything starts from an effort file.

# %%
from pathlib import Path

from counterseal.design import design, frontier, read_effort
from counterseal.design.regime_power import power
from counterseal.treaty.load import packaged_pack

here = Path(__file__).parents[1] if "__file__" in globals() else Path("..")
FILE = here / "effort" / "storage-low-numbers.yaml"
effort = read_effort(FILE.read_text(encoding="utf-8"), where=FILE.name, pack_of=packaged_pack)

# %% [markdown]
# ## What the regime of the file would see
#
# The worst strategy leads: a host picks.

# %%
found = power(effort.regime, effort.strategies, horizon_years=effort.horizon_years, goal_p=effort.goal_p)
for one in sorted(found.strategies, key=lambda one: one.life.value):
    print(f"{one.strategy:16s} in a year {one.per_year.value:7.2%}, ceiling {one.ceiling.value:7.2%}")
print(f"a year takes {found.workload.cost_pd_per_y:.0f} person-days")

# %% [markdown]
# ## The best plan for 300 person-days
#
# The certificate says how good any plan within the limits could be. It rests on the list of strategies, which is
# printed with it.

# %%
best = design(effort, budget_pd=300)
for one in best.plan:
    print(f"{one.place:24s} {one.option}")
print(
    f"worst strategy seen with {best.certificate.seen.value:.2%}; no plan passes {best.certificate.seen.upper:.2%}"
)

# %% [markdown]
# ## What more would buy

# %%
for one in frontier(effort):
    print(f"{one.budget_pd:5.0f} person-days: {one.certificate.seen.value:7.2%}")
