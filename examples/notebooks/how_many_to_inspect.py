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
# # How many to inspect?
#
# A place holds 500 declared items. Somebody may have replaced five of them. How many must be checked so that
# at least one of the five comes up with 95 %?
#
# Open this file in Jupyter with jupytext, or run it as it is: `python examples/notebooks/how_many_to_inspect.py`.

# %%
from counterseal.stats import nondetection, plan_size

plan = plan_size(500, 5, beta_max=0.05)
print(f"items to check: {plan.value:.0f}")
print(f"chance that none of the five is among them: {nondetection(500, 5, int(plan.value)).value:.4f}")

# %% [markdown]
# ## What the answer takes for granted
#
# Every answer carries its assumptions. They matter more than the third digit.

# %%
for sentence in plan.assumptions:
    print("-", sentence)

# %% [markdown]
# ## A test that errs
#
# The test misses one false item in five. More items must be checked; and with a test that misses every second
# one, no number of items is enough: the program says so.

# %%
weaker = plan_size(500, 5, beta_max=0.05, q=0.8)
print(f"with a test that sees 80 %: {weaker.value:.0f}")

hopeless = plan_size(500, 5, beta_max=0.01, q=0.5)
print("with one that sees half, for 99 %:", hopeless.value, "-", hopeless.warnings[0])

# %% [markdown]
# ## A power that nobody knows
#
# The test saw 3 of 3 planted items. Its true power is one number, the same for every item. Putting in the mean
# makes the plan look better than it is.

# %%
from counterseal.stats import shared_rate_nondetection

honest = shared_rate_nondetection(50, 10, 25, (4, 1))
plugged = nondetection(50, 10, 25, 0.8)
print(f"with what is known: {honest.value:.4f}; with the mean put in: {plugged.value:.4f}")

# %% [markdown]
# ## Broken for everybody
#
# If there is one chance in fifty that the equipment as a whole shows nothing, no sample passes 98 %.

# %%
from counterseal.stats import with_common_mode

whole = with_common_mode(nondetection(500, 5, 500), 0.02)
print(f"all 500 checked: still unseen with {whole.value:.3f}")

# %% [markdown]
# ## How small would it have to be to stay unseen?

# %%
from counterseal.stats import nondetection_array

sizes = list(range(1, 41))
beta, ln_beta = nondetection_array(500, sizes, 60)
for false_items in (1, 5, 10, 20, 40):
    seen = 1 - beta[false_items - 1]
    print(f"{false_items:3d} false items, 60 checked: seen with {seen:6.1%}")
