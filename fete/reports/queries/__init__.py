"""What is asked of the reports."""
