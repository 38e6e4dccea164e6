"""Histories that were tampered with, or in which the product does what it must not, by what is wrong with them."""
