"""A publisher whose truth is known, read by the real code: the test of the product's promises."""
