"""What can be done, one file per noun: plain functions, each run in a transaction of its own by the store."""
