"""What the site costs, always as ratios within one run."""
