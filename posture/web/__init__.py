"""The local web page and the HTTP API under it. Importing this loads nothing heavy."""
