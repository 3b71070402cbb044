"""What `millennium init` starts a project with: one folder per template, no code of ours."""
