"""What every tracker keeps, whatever its service answers: the world of the tests, one subject a service, the suite."""
