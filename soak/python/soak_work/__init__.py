"""What a kernel runs in the soak test: many callers, and each call is judged."""
