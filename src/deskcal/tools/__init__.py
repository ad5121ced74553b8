"""What generates documentation and types from the code."""
