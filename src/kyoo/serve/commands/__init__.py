"""What commands do that change or ask something and end. Backups and the doctor have packages of their own."""
