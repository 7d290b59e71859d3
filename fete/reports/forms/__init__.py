"""What is typed about a report."""
