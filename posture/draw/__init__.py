"""Draw what was measured on a copy of the photo.

`annotate` is the one entrance, `annotate_plainly` the one without words. What is drawn for
which measure stands as data in `figures`; where labels go is decided by the pure `layout`.
"""

from posture.draw.annotate import annotate, annotate_plainly, drawn_methods

__all__ = ["annotate", "annotate_plainly", "drawn_methods"]
