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
# # A host who picks
#
# An average over what a host might do is comforting and wrong: a host picks. Two places, effort for one visit.

# %%
from fractions import Fraction

from counterseal.design import inspection_recursion, location_game, matrix_game

# %% [markdown]
# ## Two places, one visit
#
# Rows: where the inspector goes. Columns: where the host acts. The figure is the chance that it stays unseen.

# %%
unseen = [[0.2, 1.0], [1.0, 0.4]]
told = matrix_game(unseen, tol=1e-9)
print(f"staying unseen at the host's best: {told.value.value:.4f}")
print("going to place 1, 2 with chances", [round(chance, 3) for _, chance in told.row_mix])
print("always going to place 1 would leave 1.0 at place 2")

# %% [markdown]
# ## How many visits deter?
#
# Each place tempts differently, and being seen costs the host. The deterrence quota is the expected number of
# visits from which on no place pays. Utilities are political: vary them, never trust one.

# %%
for penalty in (1.0, 3.0, 10.0):
    game = location_game(gain=[1.0, 2.0, 0.5], penalty=[penalty] * 3, detect_p=[0.9, 0.8, 0.9], quota=1.0)
    print(f"loss when seen {penalty:4.1f}: visits that deter {game.deterrence_quota.value:.2f}")

# %% [markdown]
# ## A host who counts the visits down
#
# Eight stages, three visits left, and a host who plans two acts: what it expects, and how likely the inspector
# should come in the first stage.

# %%
stage = inspection_recursion(8, 3, k=2, b=Fraction(1))
print(f"the host's gain: {stage.value} = {float(stage.value):.3f}; come now with {float(stage.p_visit):.3f}")

# %% [markdown]
# ## When to come
#
# One visit in a year and one for sure at its end. A host who cannot see the visit must fear it; one who can,
# starts right after it.

# %%
from counterseal.design import delay_game

blind = delay_game(52, 3)
watching = delay_game(52, 3, observing=True)
print(
    f"expected delay in weeks: host blind {blind.value.value:.2f}, host watching {watching.value.value:.2f}"
)
