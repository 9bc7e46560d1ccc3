"""What leaves the archive: tables, feeds."""
