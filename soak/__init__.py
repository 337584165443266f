"""What is proved slowly: uploads through kills and crowds. See README.md here for what each number means."""
