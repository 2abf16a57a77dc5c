"""Value cases and KPIs: what stored records and fresh results are worth."""
