"""Files as text: kind, encoding, archive, workbook, records."""
