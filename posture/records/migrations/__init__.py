"""The steps that bring older records up to date, run by Alembic at opening."""
