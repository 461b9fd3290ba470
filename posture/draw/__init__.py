"""Draw what was measured on a copy of the photo.

`annotate` is the one entrance. What is drawn for which measure stands as data in
`figures`; where labels go is decided by the pure `layout`.
"""

from posture.draw.annotate import annotate, drawn_methods

__all__ = ["annotate", "drawn_methods"]
