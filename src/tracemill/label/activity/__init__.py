"""What a trajectory did, gathered while its steps go by."""
