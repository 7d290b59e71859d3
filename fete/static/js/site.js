// What every page gains when scripts run; each page works without.
