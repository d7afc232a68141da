"""Regimes and strategies for campaigns: a store of like sites, and one with everything in it."""

import os
from pathlib import Path

from counterseal.app.campaigns.setup import EffortFile, setup_of
from counterseal.app.campaigns.store import CampaignFolder, create
from counterseal.design.regime import Allotment, Check, Monitor, Regime, Resolution, Timing, Visit
from counterseal.design.strategy import Part, Strategy
from counterseal.stats.items import ItemTest, QuantMethod, Stratum
from counterseal.treaty.load import packaged_pack_text
from strategies.efforts import QUOTA, effort

GONE = Strategy(name="ten-gone", parts=(Part(stratum="site-3", n_items=10),))
"""Ten items gone at one site."""


def like_sites(
    *, timing: Timing = "poisson", allotment: Allotment = "independent", visits: int = 18
) -> Regime:
    """Return ten sites of 100 items, 15 items a visit, a test of power 0.9."""
    sites = [f"site-{number}" for number in range(10)]
    return Regime(
        strata=tuple(Stratum(name=site, n_items=100) for site in sites),
        site_of={site: site for site in sites},
        tests=(ItemTest(name="test", detect_p=0.9),),
        visits=tuple(
            Visit(
                site=site,
                fixed_cost_pd=2,
                max_per_year=visits,
                checks=(Check(stratum=site, with_=("test",), n_items=15),),
            )
            for site in sites
        ),
        quota_per_year={"visit": visits},
        timing=timing,
        allotment=allotment,
    )


def rich_regime(*, timing: Timing = "random", allotment: Allotment = "independent") -> Regime:
    """Return a regime in which techniques may fail, powers are unknown, alarms are false, and monitors watch."""
    first = (
        Check(stratum="casks", with_=("neutrons", "count"), n_items=6),
        Check(stratum="drums", with_=("neutrons",), n_items=9, accept=1),
    )
    return Regime(
        strata=(
            Stratum(name="casks", n_items=40),
            Stratum(name="drums", n_items=25),
            Stratum(name="cans", n_items=30),
        ),
        site_of={"casks": "hill", "drums": "hill", "cans": "vale"},
        tests=(
            ItemTest(name="neutrons", detect_beta=(5, 2), false_alarm_p=0.03, cost_pd=1, common_mode_p=0.05),
            ItemTest(name="count", detect_p=0.3, false_alarm_p=0.002, cost_pd=0.5),
            QuantMethod(name="weigh", rel_random=0.2, rel_systematic=0.1, cost_pd=0.25, common_mode_p=0.1),
        ),
        visits=(
            Visit(site="hill", fixed_cost_pd=10, max_per_year=3, weight=1, checks=first),
            Visit(
                site="vale",
                fixed_cost_pd=8,
                max_per_year=3,
                weight=2,
                checks=(Check(stratum="cans", with_=("weigh",), n_items=4),),
            ),
            Visit(
                site="vale",
                kind="short",
                fixed_cost_pd=3,
                max_per_year=1,
                checks=(Check(stratum="cans", with_=("weigh", "count"), n_items=30),),
            ),
        ),
        quota_per_year={"visit": 3, "short": 1},
        monitors=(
            Monitor(name="portal", sites=("hill",), detect_p=0.1, rate_per_y=0.05, common_mode_p=0.2),
            Monitor(name="satellite", sites=("vale",), rate_per_y=0.02, false_alarms_per_y=0.3),
        ),
        resolution=Resolution(resolved_p=0.9, kept_p=0.8, cost_pd=1),
        timing=timing,
        allotment=allotment,
    )


SPREAD = Strategy(
    name="spread",
    parts=(
        Part(stratum="casks", n_items=2),
        Part(stratum="drums", n_items=4),
        Part(stratum="cans", n_items=3, defect_fraction=0.5),
    ),
)
"""A little of everything."""


def effort_file(text: str = QUOTA) -> EffortFile:
    """Return an effort file as a command reads it."""
    return EffortFile(
        effort=effort(text=text), data=text.encode(), packs={"new-start": packaged_pack_text("new-start")}
    )


def new_campaign(
    folder: Path, *, runs: int = 6000, block_runs: int = 1000, seed: int = 5, text: str = QUOTA
) -> CampaignFolder:
    """Make the folder of a small campaign."""
    file = effort_file(text)
    return create(folder, setup_of(file, seed=seed, runs=runs, block_runs=block_runs), file=file)


def die(*_: object) -> None:
    """End a worker before it hears of its block; it must be found by name in a process of its own."""
    os._exit(7)
