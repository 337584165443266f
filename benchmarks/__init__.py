"""What is measured, each a command. See README.md here for what each number means."""
