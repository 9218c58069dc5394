"""What a row means: Table and Column; and the records that rooms exchange."""
