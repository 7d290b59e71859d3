"""What any package needs from the web and the database; knows no table, no person, no rule of the trade."""
