"""Education: dropout, on the synthetic kingdom and on the columns of UCI 697."""
