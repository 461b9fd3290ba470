"""The tests' words in other languages than English, which stands in the catalogue."""
