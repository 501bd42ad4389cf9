"""Where plans come from: pyx12's maps and our own guides, compiled and cached.

Rules of this room: the only one that imports pyx12; a compiled plan is plain data, valid only for the very
sources it was made from; the engine sees it through the `Plans` protocol of `ediport.x12.plan`.
"""

from ediport.guides.library import GuideLibrary, library

__all__ = ["GuideLibrary", "library"]
