"""Pure tools: files and numbers in, files and numbers out. No database, no HTTP."""
