"""What encoders and networks are trained for; one folder a task."""
