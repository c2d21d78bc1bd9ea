"""Pages of the top floor."""

from enrollment.views.home import home

__all__ = ["home"]
