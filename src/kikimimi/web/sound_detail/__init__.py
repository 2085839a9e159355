"""What is made of one sound when its page is looked at."""
