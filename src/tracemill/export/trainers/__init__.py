"""What trainers read: the rows that a dataset version keeps, and the files of one trainer."""
