"""LINE: staff and residents ask through the city's official account."""
