"""One file per subcommand of the firstseen command; no logic here."""
