"""What tests take their invented material from."""
