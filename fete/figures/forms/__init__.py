"""What is asked of the figures by an address, and typed about them."""
