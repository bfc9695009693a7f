"""Measurements that need more than the package: a browser, or the tests' own helpers."""
