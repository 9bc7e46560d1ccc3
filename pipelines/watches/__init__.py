"""The watch language: grammar, predicate, explanation, SQL prefilter."""
