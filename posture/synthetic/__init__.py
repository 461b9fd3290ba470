"""Synthetic clients of known posture: bodies, clothes, rooms, cameras, and the truth of each.

Only for making samples, training and validating: nothing in here is needed to measure a
photo. Needs the extra `posture[synthetic]` (anny, torch, and a renderer); importing the
package does not.
"""
