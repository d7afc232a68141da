"""Numbers the figures of a regime's report in the order in which its sections ask for them."""

from counterseal.app.report.design_blocks import Block, Picture, Text
from counterseal.app.report.design_study import Study


class Pictures:
    """Gives the figures of a study their numbers in the order in which sections ask for them."""

    def __init__(self, study: Study) -> None:
        self._study, self._given = study, 0

    def take(self, name: str) -> tuple[Block, ...]:
        """Return a figure with its number, or the sentence that says why there is none."""
        drawn = self._study.figure(name)
        if drawn is None:
            left = [one for one in self._study.left_out if one.name == name]
            return tuple(Text(text=f"No figure “{one.title}”: {one.why}") for one in left)
        self._given += 1
        return (
            Picture(
                name=name,
                number=self._given,
                title=drawn.title,
                reading=drawn.reading,
                svg=drawn.svg,
                grid=drawn.grid,
            ),
        )
