"""Recorded runs: small files that a page can play without training anything."""
