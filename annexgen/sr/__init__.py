"""Structured reports: merged content trees and the templates they follow."""
