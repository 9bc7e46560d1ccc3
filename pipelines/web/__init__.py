"""The analyst's page and the JSON API: read-only unless editing is switched on."""
