"""Refusals of the measurement room."""

from counterseal.errors import RefusedInputError


class MeasurementError(RefusedInputError):
    """Measured data, or what was asked of them, break a rule."""


class ReadingError(MeasurementError):
    """An instrument file is not in the form of its format, or past a cap on size and depth."""


class CalibrationError(MeasurementError):
    """A calibration cannot be used: not increasing, out of range, or too far from its check source."""
