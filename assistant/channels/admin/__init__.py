"""`/admin`: the console of those who run the service for a city; not there unless a setting opens it."""
