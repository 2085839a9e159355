"""What can be told of a recording before and after it is cleaned."""
