"""The scripts that run in copies, frames and the deck's page, and their URL maps."""
